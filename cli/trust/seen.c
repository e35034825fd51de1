#include <stdio.h>
#include <string.h>

#include "cli/trust/seen.h"
#include "keys/file.h"
#include "keys/statement.h"

#define SEEN_FILE_MAX (SEEN_NOTE_MAX + 512)
#define PATH_LEN 1200
#define CONFLICT_MAX (2 * SEEN_NOTE_MAX + NOTE_MAX + TREE_PROOF_MAX * 34)

static const struct field rows[] = {
    { .key = 1, .name = "v", .type = FT_UINT, .flags = F_MUST, .min = 1,
      .max = 1 },
    { .key = 2, .name = "origin", .type = FT_ID, .flags = F_MUST, .min = 1,
      .max = SEEN_ORIGIN_MAX },
    { .key = 3, .name = "size", .type = FT_UINT, .flags = F_MUST, .min = 1 },
    { .key = 4, .name = "root", .type = FT_BIN, .flags = F_MUST,
      .min = HASH_LEN, .max = HASH_LEN },
    { .key = 5, .name = "note", .type = FT_BIN, .flags = F_MUST, .min = 1,
      .max = SEEN_NOTE_MAX },
    { .key = 6, .name = "owed", .type = FT_UINT, .flags = F_MUST },
    { .key = 7, .name = "since", .type = FT_UINT },
};
static const struct record record_seen = { "seen", rows,
    sizeof(rows) / sizeof(rows[0]), NULL };

static void
from_record(const struct rec *r, struct seen *out)
{
    struct slice origin = record_bytes(r, "origin");
    struct slice note = record_bytes(r, "note");

    memset(out, 0, sizeof(*out));
    memcpy(out->origin, origin.p, origin.n);
    out->have.size = record_uint(r, "size");
    memcpy(out->have.root, record_bytes(r, "root").p, HASH_LEN);
    out->n_note = note.n;
    memcpy(out->note, note.p, note.n);
    out->owed = record_uint(r, "owed");
    out->since = (int64_t)record_uint(r, "since");
}

enum err
seen_load(const char *path, struct seen *out)
{
    struct arena *a = arena_new(8192);
    struct rec *r;
    struct buf b;
    enum err e;

    if (a == NULL)
        return ERR_NOMEM;
    buf_init(&b, SEEN_FILE_MAX);
    e = file_read(path, &b);
    if (e == ERR_NOTFOUND) {
        memset(out, 0, sizeof(*out));
        e = OK;
    } else if (e == E_OVERSIZE) {
        e = ERR_FORMAT;
    } else if (e == OK) {
        if (record_decode(a, &record_seen, 0, slice_of_buf(&b), 64, &r,
            NULL) == OK && record_check(r, 0, NULL) == OK)
            from_record(r, out);
        else
            e = ERR_FORMAT;
    }
    buf_clear(&b);
    arena_free(a);
    return e;
}

enum err
seen_save(const struct seen *s, const char *path)
{
    struct arena *a = arena_new(4096);
    struct rec *r = a != NULL ? record_new(a, &record_seen) : NULL;
    struct buf b;
    enum err e;

    if (r == NULL) {
        arena_free(a);
        return ERR_NOMEM;
    }
    buf_init(&b, SEEN_FILE_MAX);
    if ((e = record_put_uint(a, r, "v", 1)) == OK &&
        (e = record_put_bytes(a, r, "origin", slice_str(s->origin))) == OK &&
        (e = record_put_uint(a, r, "size", s->have.size)) == OK &&
        (e = record_put_bytes(a, r, "root", SLICE(s->have.root))) == OK &&
        (e = record_put_bytes(a, r, "note",
        slice_of(s->note, s->n_note))) == OK &&
        (e = record_put_uint(a, r, "owed", s->owed)) == OK && s->since != 0)
        e = record_put_uint(a, r, "since", (uint64_t)s->since);
    record_encode(r, 0, &b);
    if (e == OK)
        e = buf_done(&b);
    if (e == OK)
        e = file_write(path, slice_of_buf(&b), 0600, true);
    buf_clear(&b);
    arena_free(a);
    return e;
}

struct slice
seen_origin(const struct rec *card)
{
    const struct value *v = record_value(card, "logs");

    return v != NULL && v->n > 0 ?
        record_bytes(v->v[v->n - 1].r, "origin") : SLICE_EMPTY;
}

/* A key of the card for this origin, within the sizes it signs. */
static bool
signed_note(const struct rec *card, struct slice note,
    struct note_checkpoint *out)
{
    const struct value *v = record_value(card, "logs");
    struct slice origin = seen_origin(card);

    for (size_t i = 0; v != NULL && i < v->n; i++) {
        const struct rec *log = v->v[i].r;
        struct slice key = record_bytes(log, "key");

        if (!slice_equal(record_bytes(log, "origin"), origin) ||
            key.n != NOTE_KEY_LEN ||
            checkpoint_check(note, origin, key.p, out) != OK)
            continue;
        if (out->size >= record_uint(log, "from_size") &&
            (!record_has(log, "to_size") ||
            out->size <= record_uint(log, "to_size")))
            return true;
    }
    return false;
}

enum err
seen_check(const struct seen *s, const struct rec *card,
    const struct tlog *t, struct note_checkpoint *out)
{
    struct note_checkpoint c;

    if (t->note.n > SEEN_NOTE_MAX || !signed_note(card, t->note, &c) ||
        c.size == 0)
        return ERR_LINK;
    if (s->have.size == 0) {
        if (t->root_at_have.n != 0 || t->proof.n != 0)
            return ERR_LINK;
    } else if (!slice_equal(t->root_at_have, SLICE(s->have.root)) ||
        tree_check_consistency(s->have.size, c.size, s->have.root, c.root,
        &t->proof) != OK) {
        return ERR_LINK;
    }
    *out = c;
    return OK;
}

enum err
seen_cosigned(const struct tlog *t, const struct note_checkpoint *c,
    struct slice name, const uint8_t witness[static NOTE_KEY_LEN],
    uint64_t *size)
{
    struct note_checkpoint old;
    struct note note;
    uint64_t time;

    if (t->cosigned.n == 0 ||
        cosign_note_check(t->cosigned, name, witness, &time) != OK ||
        note_decode(t->cosigned, &note) != OK ||
        note_body_decode(note.body, &old) != OK ||
        !slice_equal(old.origin, c->origin))
        return ERR_PROOF;
    if (tree_check_consistency(old.size, c->size, old.root, c->root,
        &t->joined) != OK)
        return ERR_LINK;
    *size = old.size;
    return OK;
}

/* What is owed a countersignature after this checkpoint. */
static void
owe(struct seen *s, uint64_t size, uint64_t covered, bool peers, int64_t now)
{
    if (!peers) {
        s->owed = size;
        s->since = now;
    } else if (s->since == 0 || covered >= s->owed) {
        s->owed = covered >= size ? 0 : size;
        s->since = covered >= size ? 0 : now;
    }
}

bool
seen_advance(struct seen *s, const struct note_checkpoint *c,
    struct slice note, uint64_t covered, bool peers, int64_t now)
{
    const uint64_t size = s->have.size, owed = s->owed;
    const int64_t since = s->since;

    owe(s, c->size, covered, peers, now);
    if (size != c->size) {
        memcpy(s->origin, c->origin.p, c->origin.n);
        s->origin[c->origin.n] = '\0';
        s->have.size = c->size;
        memcpy(s->have.root, c->root, HASH_LEN);
        s->n_note = note.n;
        memcpy(s->note, note.p, note.n);
    }
    return size != s->have.size || owed != s->owed || since != s->since;
}

int64_t
seen_uncovered(const struct seen *s, int64_t now)
{
    return s->since != 0 && now > s->since ? now - s->since : 0;
}

enum err
seen_conflict(const struct seen *s, const struct tlog *t, const char *dir,
    char name[static SEEN_CONFLICT_MAX])
{
    uint8_t digest[HASH_LEN];
    char path[PATH_LEN], hex[9];
    struct buf b;
    enum err e;

    buf_init(&b, CONFLICT_MAX);
    write_array(&b, 4);
    write_bin(&b, slice_of(s->note, s->n_note));
    write_bin(&b, t->note);
    write_bin(&b, t->root_at_have);
    tlog_write_proof(&b, &t->proof);
    hash_sha256(slice_of_buf(&b), digest);
    hex_encode(slice_of(digest, 4), hex);
    (void)snprintf(name, SEEN_CONFLICT_MAX, "seen.conflict-%s", hex);
    e = buf_done(&b);
    if (e == OK && snprintf(path, sizeof(path), "%s/%s", dir, name) >=
        (int)sizeof(path))
        e = ERR_USAGE;
    if (e == OK)
        e = file_write(path, slice_of_buf(&b), 0600, true);
    buf_clear(&b);
    return e;
}
