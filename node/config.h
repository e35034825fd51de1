/*
 * config: valised.conf.
 *
 *     [node]
 *     folder = /var/lib/valise            the node's keys and store
 *     listen = tcp://0.0.0.0:7001          for peers; absent: dials only
 *     officers = ipc:///run/valise/node   for the authority's own officers
 *     log = info                          error, warn or info, on stderr
 *     send_delay = 60                     seconds in which a message can be
 *                                         cancelled
 *
 *     [limits]
 *     rate = 200                          messages a second of one peer
 *     burst = 2000
 *     beat = 30                           seconds without a request
 *     bandwidth = 0                       bytes of blocks a second, to and
 *                                         from each peer; 0: no limit
 *     reserve = 512M                      of the disk, that sealed files leave
 *     store_max = 20G                     bytes, or with K, M or G; 0: none
 *     officer_room = 128G                 files of one officer that have not
 *                                         arrived; 0: no limit
 *     peer_room = 128G                    files of one peer that nobody has
 *                                         opened; 0: no limit
 *
 *     [peer QM-FIU]
 *     endpoint = tcp://10.0.0.7:7001      goes before the one on its card
 *     bandwidth = 2M                      goes before that of [limits]
 *     room = 20G                          goes before peer_room
 *
 * folder and officers are mandatory, and one key of a peer.  A comment is a line that begins with #
 * or ;.  A line is at most CONFIG_LINE_MAX bytes.  What the library below
 * would silently cut, join or skip is an error here: a comment behind a
 * value, a line that begins with a blank, a long line, a section without a
 * key, and sections and keys that are unknown or there twice.
 */
#ifndef NODE_CONFIG_H
#define NODE_CONFIG_H

#include "node/core.h"
#include "node/log.h"

#define CONFIG_MAX 262144               /* bytes of the file */
#define CONFIG_LINE_MAX 180
#define CONFIG_PATH_MAX 160
#define CONFIG_PEERS 512
#define CONFIG_AUTHORITY_MAX 19
#define CONFIG_FAULT_MAX 511

struct config_peer {
    char authority[CONFIG_AUTHORITY_MAX + 1];
    char endpoint[CHANNEL_ENDPOINT_MAX + 1];    /* "": that of its card */
    bool has_bandwidth, has_room;
    uint64_t bandwidth, room;
};

struct config {
    char folder[CONFIG_PATH_MAX + 1];
    char listen[CHANNEL_ENDPOINT_MAX + 1];      /* "": dials only */
    char officers[CHANNEL_ENDPOINT_MAX + 1];
    enum log_level log;
    struct core_limits limits;
    size_t n_peers;
    struct config_peer *peers;
};

/* FILE:LINE: key: what is expected; no byte of it is a control. */
struct config_fault {
    char text[CONFIG_FAULT_MAX + 1];
};

/*
 * config_read(path, out, f):
 * Read and check the file.  ERR_CONFIG with f, or ERR_NOTFOUND, ERR_ACCESS,
 * ERR_IO, ERR_NOMEM with f too.  The caller frees *out with config_free.
 */
MUST_USE enum err config_read(const char *path, struct config **out,
    struct config_fault *f);
void config_free(struct config *c);

/*
 * config_override(c, authority), config_bandwidth(c, authority, bytes),
 * config_room(c, authority, bytes):
 * The endpoint that goes before the one on the card, or NULL; whether the
 * peer has a bandwidth or a room of its own.  They fit core_opts with c as
 * their argument.
 */
const char *config_override(void *c, struct slice authority);
bool config_bandwidth(void *c, struct slice authority, uint64_t *bytes);
bool config_room(void *c, struct slice authority, uint64_t *bytes);

#endif
