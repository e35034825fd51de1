/*
 * audit_in: what the stages of an audit share.  Only this folder includes it.
 */
#ifndef CLI_AUDIT_IN_H
#define CLI_AUDIT_IN_H

#include "cli/audit/audit.h"
#include "cli/audit/audit_read.h"
#include "cli/audit/audit_set.h"
#include "keys/directory.h"
#include "proto/enums.h"
#include "proto/envelope.h"
#include "proto/request.h"

#define AUDIT_AUTHORITY_MAX 32
#define AUDIT_NOTE_MAX 4096
#define AUDIT_HEADER_MAX (CONTROL_MAX + 16384)
#define AUDIT_ERASURES_MAX 4096
#define AUDIT_TIMES 4096            /* entries whose times are at hand */
#define AUDIT_STATEMENT_AGE 600     /* seconds; older ones no node takes */

struct audit_threads;

/* Marks of a message in the set. */
enum {
    AUDIT_HAS_HEADER = 1,       /* headers/ has it */
    AUDIT_IS_OUT = 2,           /* and it is of the own authority */
    AUDIT_HAS_RECEIPT = 4,      /* receipts/ has that of its delivery */
    AUDIT_HAS_ENTRY = 8,        /* an entry is about it */
    AUDIT_CONFIRMED = 16,       /* one that its delivery was confirmed */
    AUDIT_APPROVED = 32,        /* one that a second person has signed */
    AUDIT_ONE_SIGNATURE = 64,   /* it waits for a second person */
    AUDIT_STRANGE_LISTS = 128,  /* it names a card or list not here */
    AUDIT_REFUSED = 256,        /* an entry that it was refused */
    AUDIT_BEGUN = 512,          /* one that it was created or delivered */
    AUDIT_ALONE = 1024          /* two persons must sign it, one did */
};

/* A card, list or pin, and the entry that brought it into force. */
struct audit_object {
    enum trust_kind kind;
    char authority[AUDIT_AUTHORITY_MAX];
    uint64_t serial;
    uint8_t digest[HASH_LEN];
    uint8_t signer[HASH_LEN];       /* kid of the first signature */
    uint64_t entry;                 /* AUDIT_NONE: none yet */
    bool waits;                     /* for its second person */
};

struct audit {
    struct audit_reader *in;
    struct directory *dir;              /* NULL: no own card that holds */
    struct audit_set *messages;
    struct buf file;                    /* the file that is being checked */
    struct buf other;                   /* one beside it */
    struct buf bundle;                  /* entries, while they are read */
    char authority[AUDIT_AUTHORITY_MAX];
    char origin[NOTE_NAME_MAX + 1];
    uint64_t size;                      /* as the checkpoint says */
    uint8_t root[HASH_LEN];
    uint8_t log_key[KEY_LEN];
    bool has_checkpoint, compared;
    uint64_t erased;
    struct audit_object *object;        /* files of cards/ and lists/ */
    size_t n_objects, room_objects;
    struct audit_set *statements;
    struct audit_threads *threads;
    uint64_t times[AUDIT_TIMES];        /* of entry i at i % AUDIT_TIMES */

    /* Hashes of the log as they are kept, one tile a level. */
    struct buf tile[AUDIT_TILE_LEVELS];
    uint64_t tile_at[AUDIT_TILE_LEVELS];
    uint64_t root_size;                 /* of root_hash; 0: none */
    uint8_t root_hash[HASH_LEN];

    uint64_t count[AUDIT_CHECKS];
    uint64_t failed[AUDIT_CHECKS];
    struct audit_finding *v;
    size_t n;
};

/*
 * audit_add(a, check, e, entry, file, what, detail):
 * Add a finding.  what is marked with N_(); file and detail may be NULL.
 */
void audit_add(struct audit *a, enum audit_check check, enum err e,
    uint64_t entry, const char *file, const char *what, const char *detail);

/*
 * audit_load(a, check, path, max, b):
 * Read a file of the export into b, which gets this maximum.  False, with a
 * finding, if it is not there or cannot be read.
 */
bool audit_load(struct audit *a, enum audit_check check, const char *path,
    size_t max, struct buf *b);

/*
 * audit_log_key(a, authority, origin, size, key):
 * The key that signs checkpoints of this size, of the newest card of the
 * authority that names one.
 */
bool audit_log_key(const struct audit *a, struct slice authority,
    struct slice origin, uint64_t size, uint8_t key[static KEY_LEN]);

/*
 * audit_authority_of(origin):
 * The authority in front of a log's name, empty if there is none.
 */
struct slice audit_authority_of(struct slice origin);

/*
 * audit_entries(a, fn, arg, told):
 * Call fn for each entry up to the size of the checkpoint.  With told, files
 * that are missing or malformed are findings, and a missing one is the end;
 * without, entries are called for as far as they can be read.
 */
typedef enum err (*audit_entry_fn)(void *arg, uint64_t index,
    struct slice entry);
MUST_USE enum err audit_entries(struct audit *a, audit_entry_fn fn,
    void *arg, bool told);

/*
 * audit_entry_at(a, index, entry):
 * One entry, borrowed until the next call; false if it is not there.
 */
bool audit_entry_at(struct audit *a, uint64_t index, struct slice *entry);

/*
 * audit_root_at(a, size, root):
 * The root of the first size entries.  False if it cannot be computed.
 */
bool audit_root_at(struct audit *a, uint64_t size,
    uint8_t root[static HASH_LEN]);

/*
 * audit_note_lines(note):
 * How many lines a note has, 0 if it is none.
 */
size_t audit_note_lines(struct slice note);

/* The stages. */
MUST_USE enum err audit_trust(struct audit *a, const struct audit_opts *o,
    const char **what);
MUST_USE enum err audit_log(struct audit *a);
MUST_USE enum err audit_since(struct audit *a, const char *path,
    const char **what);
MUST_USE enum err audit_cosigned(struct audit *a);
MUST_USE enum err audit_headers(struct audit *a);
MUST_USE enum err audit_openings(struct audit *a);
MUST_USE enum err audit_receipts(struct audit *a);
MUST_USE enum err audit_files(struct audit *a);

/*
 * audit_opening(openings, n, type):
 * The one of this type, NULL if there is none.
 */
const struct opening *audit_opening(const struct opening *openings, size_t n,
    enum entry_type type);

/*
 * audit_statement(a, index, entry, openings, n, act, holds):
 * One entry whose openings hold: its actor and his statement.  *act gets the
 * act that he signed for, or ACT_NONE; *holds whether the statement is good
 * and the entry says that it was done.
 */
MUST_USE enum err audit_statement(struct audit *a, uint64_t index,
    const struct entry *entry, const struct opening *openings, size_t n,
    enum act *act, bool *holds);

/*
 * audit_headers_from(a, path, authority):
 * Whether there is a header at this path, of a message of that authority.
 */
bool audit_headers_from(struct audit *a, const char *path,
    struct slice authority);

/*
 * audit_objects_add(a, kind, authority, serial, bytes),
 * audit_objects_entry(a, index, entry, act), audit_objects_end(a):
 * Note a card, list or pin that is here; an entry, with the act that was
 * signed for it; and, after all entries, what no entry is about.
 */
MUST_USE enum err audit_objects_add(struct audit *a, enum trust_kind kind,
    struct slice authority, uint64_t serial, struct slice bytes);
void audit_objects_entry(struct audit *a, uint64_t index,
    const struct entry *entry, enum act act);
void audit_objects_end(struct audit *a);

#endif
