/*
 * The link: that the log of the node goes on from what this person saw, and
 * that a peer has seen it too.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/text/text.h"
#include "cli/trust/session_in.h"
#include "cli/trust/trust_cache.h"

/* Whether the authority has a peer that could countersign. */
static bool
has_peers(const struct session *s)
{
    for (size_t i = 0; i < s->n_peers; i++)
        if (trust_pinned(s, s->peers[i]))
            return true;
    return false;
}

static void
set_checkpoint(struct session *s)
{
    s->checkpoint = (struct note_checkpoint){ slice_str(s->seen.origin),
        s->seen.have.size, { 0 } };
    memcpy(s->checkpoint.root, s->seen.have.root, HASH_LEN);
}

/* The largest size that a pinned peer countersigned, 0 for none. */
static enum err
covered(const struct session *s, const struct tlog *t,
    const struct note_checkpoint *c, uint64_t *size)
{
    *size = 0;
    for (size_t i = 0; i < s->n_peers; i++) {
        const struct rec *card = directory_find(s->d, TRUST_CARD,
            s->peers[i], 0, NULL);
        char name[LOG_NAME_MAX];
        uint64_t n = 0;
        enum err e;

        if (card == NULL || !trust_pinned(s, s->peers[i]))
            continue;
        log_name(s->peers[i], "witness", 1, name);
        e = seen_cosigned(t, c, slice_str(name),
            record_bytes(card, "witness").p, &n);
        if (e == ERR_LINK)
            return e;
        if (e == OK && n > *size)
            *size = n;
    }
    return OK;
}

static enum err
keep_conflict(struct session *s, const struct tlog *t)
{
    char name[SEEN_CONFLICT_MAX] = "";

    if (seen_conflict(&s->seen, t, s->home->dir, name) != OK)
        (void)snprintf(name, sizeof(name), "%s", "seen");
    return fault_set(&s->fault, ERR_LINK, 0, "%s", name);
}

static void
say_first(struct session *s, const struct note_checkpoint *c)
{
    char size[24];

    (void)snprintf(size, sizeof(size), "%" PRIu64, c->size);
    if (!s->r->lines)
        (void)fprintf(s->r->env->err, _("valise: note: first contact with "
            "the log of your node; its %s entries so far are taken on the "
            "word of the card\n"), size);
}

/* A log with another name: the card says so, whose root is compared. */
static enum err
other_log(struct session *s, const char *path, const struct rec *card)
{
    char old[HOME_PATH_MAX + 16];

    if (s->seen.have.size == 0 ||
        slice_equal(seen_origin(card), slice_str(s->seen.origin)))
        return OK;
    (void)snprintf(old, sizeof(old), "%s.before", path);
    if (!s->r->lines)
        (void)fprintf(s->r->env->err, _("valise: note: the card names a new "
            "log; what was seen of the old one is kept in seen.before\n"));
    if (rename(path, old) != 0)
        return command_fail(s->r, ERR_IO, path, NULL);
    memset(&s->seen, 0, sizeof(s->seen));
    return OK;
}

enum err
session_link_load(struct session *s)
{
    char path[HOME_PATH_MAX];
    enum err e;

    if ((e = home_path(s->home, "seen", path)) != OK ||
        (e = seen_load(path, &s->seen)) != OK)
        return command_fail(s->r, e, "seen", NULL);
    e = other_log(s, path, directory_find(s->d, TRUST_CARD, s->authority, 0,
        NULL));
    set_checkpoint(s);
    return e;
}

enum err
session_link_take(struct session *s, const struct tlog *t)
{
    const struct rec *card = directory_find(s->d, TRUST_CARD, s->authority,
        0, NULL);
    const bool first = s->seen.have.size == 0;
    char path[HOME_PATH_MAX];
    struct note_checkpoint c;
    uint64_t size;

    if (seen_check(&s->seen, card, t, &c) != OK ||
        covered(s, t, &c, &size) != OK)
        return keep_conflict(s, t);
    if (first)
        say_first(s, &c);
    if (seen_advance(&s->seen, &c, t->note, size, has_peers(s),
        s->r->env->now)) {
        enum err e = home_path(s->home, "seen", path);

        if (e == OK)
            e = seen_save(&s->seen, path);
        if (e != OK)
            return fault_set(&s->fault, e, 0, "seen");
    }
    set_checkpoint(s);
    return OK;
}

enum err
session_link_covered(struct session *s)
{
    int64_t since = seen_uncovered(&s->seen, s->r->env->now);
    char words[160];

    if (!has_peers(s) || since < SEEN_WARN)
        return OK;
    (void)snprintf(words, sizeof(words), _("no peer has countersigned the "
        "log of your node for %lld hours; tell the auditor"),
        (long long)(since / 3600));
    if (since >= SEEN_REFUSE)
        return command_fail(s->r, ERR_LINK, "countersignature", words);
    command_note(s->r, OK, "", words);
    return OK;
}
