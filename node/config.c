#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <ini.h>

#include "keys/file.h"
#include "node/config.h"
#include "proto/record.h"

#define SECTION_MAX 40
#define FAULT_VALUE_MAX 60

/* What the file is read into, and where reading is. */
struct reading {
    const char *path;
    struct config *c;
    struct config_fault *f;
    const char *at;                     /* rest of the file */
    int line;
    int section_line;
    char section[SECTION_MAX + 1];      /* "" before the first */
    unsigned keys;                      /* rows of the section that came */
    unsigned sections;                  /* sections that came */
    bool bad;                           /* the first fault is kept */
};

static void
fault(struct reading *r, int line, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void
fault(struct reading *r, int line, const char *format, ...)
{
    va_list ap;
    int n;

    if (r->bad)
        return;
    r->bad = true;
    n = snprintf(r->f->text, sizeof(r->f->text), "%s:%d: ", r->path, line);
    if (n < 0 || (size_t)n >= sizeof(r->f->text))
        return;
    va_start(ap, format);
    (void)vsnprintf(r->f->text + n, sizeof(r->f->text) - (size_t)n, format,
        ap);
    va_end(ap);
    for (char *p = r->f->text; *p != '\0'; p++) {
        if (!isprint((unsigned char)*p))
            *p = '?';
    }
}

/* Values.  Each is false for what it does not take. */
static bool
take_text(const char *value, size_t max, char *out)
{
    size_t n = strlen(value);

    if (n == 0 || n > max)
        return false;
    (void)memcpy(out, value, n + 1);
    return true;
}

static bool
take_folder(struct config *c, const char *value)
{
    return take_text(value, CONFIG_PATH_MAX, c->folder);
}

static bool
take_listen(struct config *c, const char *value)
{
    return channel_endpoint_ok(value) &&
        take_text(value, CHANNEL_ENDPOINT_MAX, c->listen);
}

static bool
take_officers(struct config *c, const char *value)
{
    return channel_endpoint_ok(value) &&
        take_text(value, CHANNEL_ENDPOINT_MAX, c->officers);
}

static bool
take_endpoint(struct config *c, const char *value)
{
    return channel_dial_ok(value) &&
        take_text(value, CHANNEL_ENDPOINT_MAX,
            c->peers[c->n_peers - 1].endpoint);
}

static bool
take_log(struct config *c, const char *value)
{
    static const char *const levels[] = { "error", "warn", "info" };

    for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++) {
        if (strcmp(value, levels[i]) == 0) {
            c->log = (enum log_level)i;
            return true;
        }
    }
    return false;
}

static bool
take_digits(const char **value, uint64_t max, uint64_t *out)
{
    const char *p = *value;
    uint64_t v = 0;

    if (!isdigit((unsigned char)*p))
        return false;
    for (; isdigit((unsigned char)*p); p++) {
        uint64_t digit = (uint64_t)(*p - '0');

        if (v > (max - digit) / 10)
            return false;
        v = v * 10 + digit;
    }
    *value = p;
    *out = v;
    return true;
}

static bool
take_u32(const char *value, uint32_t min, uint32_t max, uint32_t *out)
{
    uint64_t v;

    if (!take_digits(&value, max, &v) || *value != '\0' || v < min)
        return false;
    *out = (uint32_t)v;
    return true;
}

static bool
take_rate(struct config *c, const char *value)
{
    return take_u32(value, 1, 100000, &c->limits.rate);
}

static bool
take_burst(struct config *c, const char *value)
{
    return take_u32(value, 1, 1000000, &c->limits.burst);
}

static bool
take_beat(struct config *c, const char *value)
{
    return take_u32(value, 5, 3600, &c->limits.beat);
}

static bool
take_send_delay(struct config *c, const char *value)
{
    return take_u32(value, 0, 3600, &c->limits.send_delay);
}

/* Bytes, at most 1 PiB, with K, M or G. */
static bool
take_bytes(const char *value, uint64_t *out)
{
    static const char units[] = "KMG";
    const char *unit;
    uint64_t v;

    if (!take_digits(&value, (uint64_t)1 << 50, &v))
        return false;
    if (*value != '\0') {
        if ((unit = strchr(units, *value)) == NULL || value[1] != '\0')
            return false;
        for (const char *p = units; p <= unit; p++) {
            if (v > (uint64_t)1 << 50)
                return false;
            v *= 1024;
        }
    }
    *out = v;
    return v <= (uint64_t)1 << 50;
}

static bool
take_store_max(struct config *c, const char *value)
{
    return take_bytes(value, &c->limits.store_max) &&
        (c->limits.store_max == 0 || c->limits.store_max >= 16 * 1048576);
}

static bool
take_bandwidth(struct config *c, const char *value)
{
    return take_bytes(value, &c->limits.bandwidth);
}

static bool
take_peer_bandwidth(struct config *c, const char *value)
{
    struct config_peer *p = &c->peers[c->n_peers - 1];

    p->has_bandwidth = true;
    return take_bytes(value, &p->bandwidth);
}

static bool
take_reserve(struct config *c, const char *value)
{
    return take_bytes(value, &c->limits.reserve);
}

static bool
take_officer_room(struct config *c, const char *value)
{
    return take_bytes(value, &c->limits.officer_room);
}

static bool
take_peer_room(struct config *c, const char *value)
{
    return take_bytes(value, &c->limits.peer_room);
}

static bool
take_room(struct config *c, const char *value)
{
    struct config_peer *p = &c->peers[c->n_peers - 1];

    p->has_room = true;
    return take_bytes(value, &p->room);
}

#define BYTES_FORM "bytes a second, such as 2M, or 0 for no limit"
#define ROOM_FORM "bytes, such as 128G, or 0 for no limit"
#define ENDPOINT_FORM "tcp://HOST:PORT, or ipc://PATH of at most 107 bytes"

static const struct key {
    const char *section, *name;
    bool must;
    bool (*take)(struct config *c, const char *value);
    const char *expected;
} keys[] = {
    { "node", "folder", true, take_folder,
      "a path of at most 160 bytes" },
    { "node", "listen", false, take_listen, ENDPOINT_FORM },
    { "node", "officers", true, take_officers, ENDPOINT_FORM },
    { "node", "log", false, take_log, "error, warn or info" },
    { "node", "send_delay", false, take_send_delay,
      "seconds from 0 to 3600" },
    { "limits", "rate", false, take_rate, "a number from 1 to 100000" },
    { "limits", "burst", false, take_burst, "a number from 1 to 1000000" },
    { "limits", "beat", false, take_beat, "seconds from 5 to 3600" },
    { "limits", "bandwidth", false, take_bandwidth, BYTES_FORM },
    { "limits", "reserve", false, take_reserve,
      "bytes, such as 512M" },
    { "limits", "store_max", false, take_store_max,
      "bytes, 16M or more, or 0 for no limit" },
    { "limits", "officer_room", false, take_officer_room, ROOM_FORM },
    { "limits", "peer_room", false, take_peer_room, ROOM_FORM },
    { "peer", "endpoint", false, take_endpoint, ENDPOINT_FORM },
    { "peer", "bandwidth", false, take_peer_bandwidth, BYTES_FORM },
    { "peer", "room", false, take_room, ROOM_FORM },
};
#define KEYS (sizeof(keys) / sizeof(keys[0]))

static const char *const sections[] = { "node", "limits" };
#define SECTIONS (sizeof(sections) / sizeof(sections[0]))
#define PEER "peer "

/* The section of the table that the section of the file belongs to. */
static const char *
kind_of(const char *section)
{
    return strncmp(section, PEER, strlen(PEER)) == 0 ? "peer" : section;
}

/* A section has ended: what it must have is there. */
static void
end_section(struct reading *r)
{
    for (size_t i = 0; i < KEYS; i++) {
        if (keys[i].must && (r->keys & 1u << i) == 0 &&
            strcmp(kind_of(r->section), keys[i].section) == 0)
            fault(r, r->section_line, "[%s] has no %s: expected %s",
                r->section, keys[i].name, keys[i].expected);
    }
    if (r->keys == 0 && strcmp(kind_of(r->section), "peer") == 0)
        fault(r, r->section_line, "[%s] has no key: expected endpoint, "
            "bandwidth or room", r->section);
    r->keys = 0;
}

static const struct config_peer *
find_peer(const struct config *c, struct slice authority)
{
    for (size_t i = 0; i < c->n_peers; i++)
        if (slice_is(authority, c->peers[i].authority))
            return &c->peers[i];
    return NULL;
}

static void
begin_peer(struct reading *r, const char *authority)
{
    static const struct field row = { .name = "authority",
        .type = FT_AUTHORITY };
    struct config *c = r->c;

    if (record_check_item(&row, (union item){ .s = slice_str(authority) }) !=
        OK || strlen(authority) > CONFIG_AUTHORITY_MAX) {
        fault(r, r->line, "[%s]: expected the name of an authority, such as "
            "[peer QM-FIU]", r->section);
        return;
    }
    if (find_peer(c, slice_str(authority)) != NULL) {
        fault(r, r->line, "[%s] is there twice", r->section);
        return;
    }
    if (c->n_peers == CONFIG_PEERS) {
        fault(r, r->line, "more than %d peers", CONFIG_PEERS);
        return;
    }
    c->peers[c->n_peers] = (struct config_peer){ .bandwidth = 0 };
    (void)snprintf(c->peers[c->n_peers++].authority,
        CONFIG_AUTHORITY_MAX + 1, "%s", authority);
}

/* The library passes over text behind a section, and over a section without
 * keys: both are looked at here, before it sees the line. */
static void
begin_section(struct reading *r, const char *line)
{
    size_t n = strcspn(line, "]");

    end_section(r);
    r->section[0] = '\0';
    r->section_line = r->line;
    if (line[n] != ']' || line[n + 1] != '\0' || n - 1 > SECTION_MAX) {
        fault(r, r->line, "expected [SECTION] alone on its line");
        return;
    }
    (void)snprintf(r->section, sizeof(r->section), "%.*s", (int)(n - 1),
        line + 1);
    if (strncmp(r->section, PEER, strlen(PEER)) == 0) {
        begin_peer(r, r->section + strlen(PEER));
        return;
    }
    for (size_t i = 0; i < SECTIONS; i++) {
        if (strcmp(r->section, sections[i]) != 0)
            continue;
        if ((r->sections & 1u << i) != 0)
            fault(r, r->line, "[%s] is there twice", r->section);
        r->sections |= 1u << i;
        return;
    }
    fault(r, r->line, "[%s] is no section: expected [node], [limits] or "
        "[peer AUTHORITY]", r->section);
}

/* What the library would change without a word. */
static void
check_line(struct reading *r, const char *line)
{
    size_t name = strcspn(line, "=");

    if (line[0] == '\0' || line[0] == '#' || line[0] == ';')
        return;
    if (isspace((unsigned char)line[0])) {
        if (line[strspn(line, " \t")] != '\0')
            fault(r, r->line, "a line may not begin with a blank");
        return;
    }
    for (const char *p = line; *p != '\0'; p++) {
        if ((unsigned char)*p < ' ' && *p != '\t')
            fault(r, r->line, "a byte that is no text");
        if (*p == ';' && isspace((unsigned char)p[-1]))
            fault(r, r->line, "a comment stands on a line of its own");
    }
    if (line[0] == '[') {
        begin_section(r, line);
    } else if (line[name] != '=' || memchr(line, ':', name) != NULL) {
        fault(r, r->line, "expected KEY = VALUE");
    }
}

/* Give the library the next line of the file; for its fgets. */
static char *
next_line(char *out, int size, void *arg)
{
    struct reading *r = arg;
    size_t n = strcspn(r->at, "\n");
    char line[CONFIG_LINE_MAX + 1];

    if (*r->at == '\0')
        return NULL;
    r->line++;
    if (n > CONFIG_LINE_MAX || (int)n + 2 > size) {
        fault(r, r->line, "a line is longer than %d bytes", CONFIG_LINE_MAX);
        return NULL;
    }
    (void)memcpy(line, r->at, n);
    r->at += n + (r->at[n] == '\n');
    while (n > 0 && isspace((unsigned char)line[n - 1]))
        n--;
    line[n] = '\0';
    check_line(r, line);
    if (r->bad)
        return NULL;
    (void)memcpy(out, line, n);
    out[n] = '\n';
    out[n + 1] = '\0';
    return out;
}

static int
take_key(void *arg, const char *section, const char *name, const char *value)
{
    struct reading *r = arg;

    (void)section;                      /* cut at 49 bytes; ours is not */
    for (size_t i = 0; i < KEYS; i++) {
        if (strcmp(keys[i].section, kind_of(r->section)) != 0 ||
            strcmp(keys[i].name, name) != 0)
            continue;
        if ((r->keys & 1u << i) != 0)
            fault(r, r->line, "%s is there twice", name);
        else if (!keys[i].take(r->c, value))
            fault(r, r->line, "%s = %.*s: expected %s", name,
                FAULT_VALUE_MAX, value, keys[i].expected);
        r->keys |= 1u << i;
        return !r->bad;
    }
    if (r->section[0] == '\0')
        fault(r, r->line, "%s stands before the first [SECTION]", name);
    else
        fault(r, r->line, "%s is no key of [%s]", name, r->section);
    return 0;
}

/* What no single line shows. */
static void
check_whole(struct reading *r)
{
    const struct config *c = r->c;

    if ((r->sections & 1) == 0)
        fault(r, r->line, "there is no [node]");
    if (c->limits.burst < c->limits.rate)
        fault(r, r->line, "[limits] burst is below rate: expected %u or more",
            (unsigned)c->limits.rate);
    if (strcmp(c->listen, c->officers) == 0)
        fault(r, r->line, "[node] officers: expected another endpoint than "
            "that of listen");
}

static enum err
parse(const char *path, const char *text, struct config *c,
    struct config_fault *f)
{
    struct reading r = { .path = path, .c = c, .f = f, .at = text };
    int rc = ini_parse_stream(next_line, &r, take_key, &r);

    if (rc == 0)
        end_section(&r);
    else
        fault(&r, r.line, "expected KEY = VALUE");
    if (!r.bad)
        check_whole(&r);
    return r.bad ? ERR_CONFIG : OK;
}

static struct config *
config_new(void)
{
    struct config *c = calloc(1, sizeof(*c));

    if (c == NULL)
        return NULL;
    c->log = LOG_INFO;
    c->limits = (struct core_limits){ .rate = 200, .burst = 2000,
        .store_max = 0, .beat = 30, .send_delay = 60,
        .reserve = 512 * 1048576, .officer_room = (uint64_t)128 << 30,
        .peer_room = (uint64_t)128 << 30 };
    c->peers = calloc(CONFIG_PEERS, sizeof(*c->peers));
    if (c->peers == NULL) {
        free(c);
        return NULL;
    }
    return c;
}

void
config_free(struct config *c)
{
    if (c == NULL)
        return;
    free(c->peers);
    free(c);
}

enum err
config_read(const char *path, struct config **out, struct config_fault *f)
{
    struct config *c = NULL;
    struct buf text;
    enum err e;

    buf_init(&text, CONFIG_MAX);
    if ((e = file_read(path, &text)) != OK) {
        (void)snprintf(f->text, sizeof(f->text), "%s: %s", path,
            err_row(e)->text);
        goto out;
    }
    buf_put_u8(&text, 0);
    if ((e = buf_done(&text)) == OK && (c = config_new()) == NULL)
        e = ERR_NOMEM;
    if (e != OK || strlen((const char *)text.p) + 1 != text.n) {
        e = e != OK ? e : ERR_CONFIG;
        (void)snprintf(f->text, sizeof(f->text), "%s: %s", path,
            e == ERR_CONFIG ? "a byte that is no text" : err_row(e)->text);
        goto out;
    }
    if ((e = parse(path, (const char *)text.p, c, f)) != OK)
        goto out;
    *out = c;
    c = NULL;
out:
    config_free(c);
    buf_clear(&text);
    return e;
}

const char *
config_override(void *arg, struct slice authority)
{
    const struct config_peer *p = find_peer(arg, authority);

    return p != NULL && p->endpoint[0] != '\0' ? p->endpoint : NULL;
}

bool
config_bandwidth(void *arg, struct slice authority, uint64_t *bytes)
{
    const struct config_peer *p = find_peer(arg, authority);

    if (p == NULL || !p->has_bandwidth)
        return false;
    *bytes = p->bandwidth;
    return true;
}

bool
config_room(void *arg, struct slice authority, uint64_t *bytes)
{
    const struct config_peer *p = find_peer(arg, authority);

    if (p == NULL || !p->has_room)
        return false;
    *bytes = p->room;
    return true;
}
