/*
 * A small export of QM-FIU, made from keys/ and proto/ alone: its card, staff,
 * epochs and pin of QN-FIU, that peer's card and staff, one message each way,
 * a log of sixteen entries that tell their story, and what the peer has
 * proved and countersigned.  `struct story` says what is told differently.
 */
#ifndef TESTS_UNIT_CLI_AUDIT_FIXTURE_H
#define TESTS_UNIT_CLI_AUDIT_FIXTURE_H

#include "cli/audit/audit.h"
#include "tests/unit/cli/audit_sides.h"

/* One entry that is being written. */
struct telling {
    struct fixture_log *log;
    const struct fixture_side *side;
    uint16_t event, code;
    const uint8_t *obj;
    const struct fixture_person *who;
    enum act act;                   /* with a statement */
    bool purposeful;
    uint64_t purpose;
    struct slice proceeding;
    bool padded;                    /* parts 2 and 3 even where empty */
    bool detail;
    struct slice detail_value;
    uint64_t size;                  /* of the statement; 0: the newest */
    bool other_root;
    const struct tree_range *over;  /* of the statement; NULL: the newest */
    struct slice said;              /* a statement that is there already */
    struct slice *keep;             /* gets the statement */
    struct slice args;              /* of the statement, in place of obj */
    bool both;                      /* beside it */
    int64_t at;
};

static inline struct slice
fixture_statement(const struct telling *t)
{
    struct statement s = { .authority = slice_str(t->side->authority),
        .origin = slice_str(t->side->origin), .act = t->act,
        .time = (uint64_t)t->at, .size = t->log->n };
    uint8_t sig[REQUEST_SIG_LEN];
    struct buf bytes, value;

    tree_range_root(t->over != NULL ? t->over : &t->log->range, s.root);
    if (t->over != NULL)
        s.size = t->over->size;
    if (s.size == 0)
        memset(s.root, 0, HASH_LEN);
    if (t->size != 0)
        s.size = t->size;
    if (t->other_root)
        s.root[3] ^= 1;
    if (t->args.n > 0)
        s.args = t->args;
    if (t->obj != NULL && (t->args.n == 0 || t->both))
        s.obj = slice_of(t->obj, HASH_LEN);
    randombytes_buf(s.id, sizeof(s.id));
    buf_init(&bytes, STATEMENT_MAX);
    buf_init(&value, ENTRY_VALUE_MAX);
    cr_assert_eq(statement_sign(&s, t->who->key, &bytes, sig), OK);
    entry_put_statement(&value, slice_of_buf(&bytes), sig);
    buf_clear(&bytes);
    return fixture_keep(&value);
}

static inline void
fixture_field(struct entry *e, struct opening *o, size_t *n,
    enum entry_type type, const uint8_t *salt, struct slice value)
{
    cr_assert_eq(entry_add(e, type, salt, value), OK);
    o[*n].type = (uint16_t)type;
    entry_salt(salt, type, o[*n].salt_f);
    o[(*n)++].value = value;
}

static inline void
fixture_tell(const struct telling *t)
{
    struct fixture_log *log = t->log;
    struct entry e = { .seq = log->n, .time = (uint64_t)t->at,
        .event = t->event, .code = t->code, .has_obj = t->obj != NULL };
    struct opening o[ENTRY_FIELDS_MAX];
    struct slice why = SLICE_EMPTY, said = SLICE_EMPTY;
    uint8_t salt[HASH_LEN], leaf[HASH_LEN];
    struct buf b;
    size_t n = 0;

    randombytes_buf(salt, sizeof(salt));
    if (t->obj != NULL)
        memcpy(e.obj, t->obj, HASH_LEN);
    if (t->purposeful) {
        buf_init(&b, 128);
        entry_put_purpose(&b, t->purpose, t->proceeding);
        why = fixture_keep(&b);
    }
    if (t->said.n > 0)
        said = t->said;
    else if (t->act != ACT_NONE)
        said = fixture_statement(t);
    *t->keep = said;
    fixture_field(&e, o, &n, ENTRY_ACTOR, salt, t->who == NULL ?
        SLICE_EMPTY : slice_of(sign_key_id(t->who->key), HASH_LEN));
    if (t->padded || why.n > 0)
        fixture_field(&e, o, &n, ENTRY_PURPOSE, salt, why);
    if (t->padded || said.n > 0)
        fixture_field(&e, o, &n, ENTRY_STATEMENT, salt, said);
    if (t->detail)
        fixture_field(&e, o, &n, ENTRY_DETAIL, salt, t->detail_value);
    buf_init(&b, ENTRY_MAX);
    cr_assert_eq(entry_encode(&e, &b), OK);
    log->entry[log->n] = fixture_keep(&b);
    buf_init(&b, ENTRY_OPENINGS_MAX);
    cr_assert_eq(opening_encode(o, n, &b), OK);
    log->openings[log->n] = fixture_keep(&b);
    entry_leaf(log->entry[log->n++], leaf);
    tree_range_add(&log->range, leaf);
}

static inline struct slice
fixture_note(const struct fixture_side *s, const struct fixture_log *log)
{
    uint8_t root[HASH_LEN];
    struct buf b;

    tree_range_root(&log->range, root);
    buf_init(&b, NOTE_MAX);
    cr_assert_eq(checkpoint_sign(s->log, slice_str(s->origin), log->n, root,
        &b), OK);
    return fixture_keep(&b);
}

static inline struct slice
fixture_cosign(const struct fixture_side *s, const struct fixture_side *by,
    const struct fixture_log *log, struct slice note)
{
    uint8_t root[HASH_LEN], sig[NOTE_COSIGNATURE_LEN];
    struct buf b;

    tree_range_root(&log->range, root);
    cr_assert_eq(cosign_make(by->witness, slice_str(s->origin), log->n, root,
        FIXTURE_NOW, sig), OK);
    buf_init(&b, NOTE_MAX);
    cr_assert_eq(cosign_note(note, slice_str(by->witness_name),
        sign_key_public(by->witness), sig, &b), OK);
    return fixture_keep(&b);
}

/* The entries of QM-FIU, each with who, why and what was signed. */
static inline void
fixture_story(const struct story *s)
{
    const struct fixture_side *q = &fx.qm;
    const struct fixture_person *opener = &q->who[s->revoked ? GONE :
        OFFICER];
    struct tree_range early;
    struct slice all_but, said = SLICE_EMPTY, unused;
    uint8_t slots[HASH_LEN];
    struct buf range;

    buf_init(&range, 32);
    write_array(&range, 2);
    write_uint(&range, 0);
    write_uint(&range, 6);
    all_but = fixture_keep(&range);
    const struct telling tale[FIXTURE_ENTRIES] = {
        { .event = EVENT_NODE_STARTED },
        { .event = EVENT_DIR_CHANGED, .obj = q->card_digest },
        { .event = EVENT_ROLE_CHANGED, .obj = q->staff_digest,
          .who = &q->who[KEEPER], .act = s->nobody_signed ? ACT_NONE :
          ACT_PUT_STAFF, .code = s->list_lapsed ? E_PENDING : OK },
        { .event = EVENT_DIR_CHANGED, .obj = q->pin_digest,
          .who = &q->who[KEEPER], .act = ACT_PUT_PIN },
        { .event = EVENT_CREATED, .obj = fx.out_digest,
          .who = &q->who[s->auditor_writes ? AUDITOR : OFFICER] },
        { .event = EVENT_APPROVED, .obj = fx.out_digest,
          .who = &q->who[SECOND], .act = ACT_APPROVE },
        { .event = s->never_delivered ? EVENT_ALARM : EVENT_DELIVERED,
          .obj = fx.in_digest, .padded = !s->bare },
        { .event = EVENT_OPENED, .obj = fx.in_digest, .who = opener,
          .act = s->no_statement ? ACT_NONE : ACT_OPEN, .purposeful = true,
          .padded = true, .size = s->ahead ? 8 : 0,
          .purpose = s->purpose != 0 ? s->purpose : PURPOSE_ANALYSIS,
          .other_root = s->other_state,
          .over = s->kept_back ? &early : NULL },
        { .event = s->list_lapsed ? EVENT_LAPSED : EVENT_CONFIRMED,
          .obj = s->list_lapsed ? q->staff_digest : fx.out_digest },
        { .event = s->erased ? EVENT_OPENINGS_ERASED :
          s->delivered_twice ? EVENT_DELIVERED :
          s->keeper_left ? EVENT_DIR_CHANGED : EVENT_ALIVE,
          .obj = s->delivered_twice ? fx.in_digest : s->keeper_left ?
          q->next_card_digest : NULL, .padded = s->delivered_twice,
          .detail = !s->delivered_twice, .detail_value = s->erased ?
          all_but : SLICE_EMPTY },
        { .event = EVENT_OPENED, .obj = s->used_twice ? fx.in_digest :
          fx.out_digest, .who = s->used_twice ? opener : &q->who[SECOND],
          .act = ACT_OPEN, .purposeful = true, .padded = true,
          .purpose = s->used_twice ? PURPOSE_ANALYSIS : 0 },
        { .event = EVENT_AUDIT_READ, .who = &q->who[AUDITOR],
          .act = ACT_AUDIT_READ },
        { .event = s->hidden_list ? EVENT_ALIVE : EVENT_KEY_CHANGED,
          .obj = s->hidden_list ? NULL : q->epochs_digest,
          .who = s->hidden_list ? NULL : &q->who[KEEPER],
          .act = s->hidden_list ? ACT_NONE : ACT_PUT_EPOCHS },
        { .event = EVENT_DIR_CHANGED, .obj = fx.qn.card_digest },
        { .event = EVENT_DIR_CHANGED, .obj = fx.qn.staff_digest },
        { .event = EVENT_DIR_CHANGED, .obj = fx.qn.epochs_digest },
    };

    const struct telling approved = { .event = EVENT_APPROVED,
        .obj = q->staff_digest, .who = &q->who[SECOND], .act = ACT_APPROVE };

    for (size_t i = 0; i < FIXTURE_ENTRIES; i++) {
        struct telling t = s->list_lapsed && i == 9 ? approved :
            tale[i];

        t.log = &fx.log;
        t.side = q;
        t.keep = i == 7 ? &said : &unused;
        t.at = FIXTURE_NOW + (int64_t)i * 10;
        if (s->kept_back && i >= 6)
            t.at += 2 * AUDIT_AGE;
        if (i == 10 && s->used_twice)
            t.said = said;
        if (i == 9 && s->time_back)
            t.at -= 20;
        if (i == 9 && s->slots.n > 0) {
            hash_sha256(s->slots, slots);
            t = (struct telling){ .log = t.log, .side = q, .keep = &unused,
                .event = EVENT_SLOTS_CHANGED, .obj = slots, .at = t.at,
                .who = &q->who[KEEPER], .act = ACT_PUT_SLOTS,
                .args = s->stated };
        }
        if (i == 0 && s->other_history)
            t.event = EVENT_CLOCK_TRUST;
        fixture_tell(&t);
        if (fx.log.n == 5)
            early = fx.log.range;
        if (fx.log.n == 6)
            fx.note_before = fixture_note(q, &fx.log);
        if (fx.log.n == FIXTURE_SEEN) {
            fx.note_seen = fixture_note(q, &fx.log);
            fx.cosigned = fixture_cosign(q, &fx.qn, &fx.log, fx.note_seen);
        }
    }
    fx.note = fixture_note(q, &fx.log);
}

static inline enum err
fixture_fetch(void *arg, unsigned level, uint64_t index,
    uint8_t out[static HASH_LEN])
{
    const struct fixture_log *log = arg;
    struct tree_range range;
    uint8_t leaf[HASH_LEN];

    tree_range_init(&range);
    for (uint64_t i = index << level; i < (index + 1) << level; i++) {
        entry_leaf(log->entry[i], leaf);
        tree_range_add(&range, leaf);
    }
    tree_range_root(&range, out);
    return OK;
}

/* A receipt for entry `index` of a log, under its note. */
static inline struct slice
fixture_receipt(const struct fixture_side *s, struct fixture_log *log,
    uint64_t index, struct slice note)
{
    struct receipt r = { .origin = slice_str(s->origin), .index = index,
        .entry = log->entry[index] };
    struct buf one, b;

    cr_assert_eq(tree_prove_inclusion(index, log->n, fixture_fetch, log,
        &r.proof), OK);
    buf_init(&one, RECEIPT_MAX);
    buf_init(&b, AUDIT_RECEIPT_MAX);
    cr_assert_eq(receipt_encode(&r, &one), OK);
    audit_layout_put_receipt(&b, slice_of_buf(&one), note);
    buf_clear(&one);
    return fixture_keep(&b);
}

/* The peer's log: it has the message from us, and one of its own. */
static inline void
fixture_peer_story(const struct story *s)
{
    struct slice unused;
    const struct telling tale[FIXTURE_PEER_ENTRIES] = {
        { .event = EVENT_NODE_STARTED },
        { .event = EVENT_DELIVERED, .obj = fx.out_digest, .padded = true },
        { .event = s->unlogged ? EVENT_DELIVERED : EVENT_CREATED,
          .obj = fx.other_digest, .padded = s->unlogged,
          .who = s->unlogged ? NULL : &fx.qn.who[OFFICER] },
        { .event = EVENT_DIR_CHANGED, .obj = fx.qn.card_digest },
        { .event = EVENT_ROLE_CHANGED, .obj = fx.qn.staff_digest },
        { .event = EVENT_KEY_CHANGED, .obj = fx.qn.epochs_digest },
        { .event = EVENT_DIR_CHANGED, .obj = fx.qn.pin_digest },
        { .event = EVENT_DIR_CHANGED, .obj = fx.qm.card_digest },
        { .event = EVENT_DIR_CHANGED, .obj = fx.qm.staff_digest },
        { .event = EVENT_DIR_CHANGED, .obj = fx.qm.epochs_digest },
    };

    for (size_t i = 0; i < FIXTURE_PEER_ENTRIES; i++) {
        struct telling t = tale[i];

        t.log = &fx.peer;
        t.side = &fx.qn;
        t.keep = &unused;
        t.at = FIXTURE_NOW + (int64_t)i - (s->unlogged ? 3000 : 0);
        fixture_tell(&t);
    }
    fx.peer_note = fixture_note(&fx.qn, &fx.peer);
}

static inline void
fixture_init(const struct story *s)
{
    cr_assert_geq(sodium_init(), 0);
    fx.a = arena_new(64u << 20);
    fixture_side(&fx.qm, "QM-FIU", "QM-FIU/log/1", "QM-FIU/witness/1",
        s->revoked ? FIXTURE_NOW + 5 : FIXTURE_NOW + 1000000);
    fixture_side(&fx.qn, "QN-FIU", "QN-FIU/log/1", "QN-FIU/witness/1",
        FIXTURE_NOW + 1000000);
    fixture_pin(&fx.qm, &fx.qn);
    fixture_pin(&fx.qn, &fx.qm);
    fx.out = fixture_header_by(s->auditor_writes ? AUDITOR : OFFICER,
        s->alone, KIND_SPONT_DISCLOSURE, &fx.qm, &fx.qn, fx.out_digest);
    fx.in = fixture_header(KIND_INFO_REQUEST, &fx.qn, &fx.qm, fx.in_digest);
    fx.other = fixture_header(s->unlogged ? KIND_INFO_REQUEST :
        KIND_SPONT_DISCLOSURE, s->unlogged ? &fx.qm : &fx.qn,
        s->unlogged ? &fx.qn : &fx.qm, fx.other_digest);
    fixture_peer_story(s);
    fixture_story(s);
    fx.two_cards = s->keeper_left;
    fx.receipt = fixture_receipt(&fx.qn, &fx.peer, 1, fx.peer_note);
}

static inline void
fixture_clear(void)
{
    fixture_side_free(&fx.qm);
    fixture_side_free(&fx.qn);
    arena_free(fx.a);
    memset(&fx, 0, sizeof(fx));
}

static inline void
fixture_put(struct audit_layout *l, const char *path, struct slice s)
{
    cr_assert_eq(audit_layout_put(l, path, s), OK, "%s", path);
}

static inline void
fixture_put_object(struct audit_layout *l, enum trust_kind kind,
    const char *authority, uint64_t serial, struct slice s)
{
    char path[AUDIT_PATH_MAX];

    audit_layout_object(kind, slice_str(authority), serial, path);
    fixture_put(l, path, s);
}

/* Lists of one side and of its peer, as an export has them. */
static inline void
fixture_put_lists(struct audit_layout *l, const struct fixture_side *own,
    const struct fixture_side *peer)
{
    fixture_put_object(l, TRUST_CARD, own->authority, 1, own->card);
    fixture_put_object(l, TRUST_STAFF, own->authority, 1, own->staff);
    fixture_put_object(l, TRUST_EPOCHS, own->authority, 1, own->epochs);
    fixture_put_object(l, TRUST_PIN, peer->authority, 1, own->pin);
    fixture_put_object(l, TRUST_CARD, peer->authority, 1, peer->card);
    fixture_put_object(l, TRUST_STAFF, peer->authority, 1, peer->staff);
    fixture_put_object(l, TRUST_EPOCHS, peer->authority, 1, peer->epochs);
}

static inline void
fixture_put_messages(struct audit_layout *l)
{
    char path[AUDIT_PATH_MAX];

    audit_layout_header(fx.out_digest, path);
    fixture_put(l, path, fx.out);
    audit_layout_header(fx.in_digest, path);
    fixture_put(l, path, fx.in);
    for (size_t i = 0; i < fx.n_more; i++) {
        audit_layout_header(fx.more[i].digest, path);
        fixture_put(l, path, fx.more[i].head);
    }
}

static inline void
fixture_put_vkey(struct audit_layout *l, const struct fixture_side *s,
    struct slice note)
{
    struct buf b;

    buf_init(&b, 512);
    cr_assert_eq(note_vkey_encode(slice_str(s->origin), NOTE_ED25519,
        sign_key_public(s->log), &b), OK);
    cr_assert_eq(audit_layout_finish(l, note, slice_of_buf(&b)), OK);
    buf_clear(&b);
}

/* The export of QM-FIU. */
static inline void
fixture_write(const char *dir)
{
    struct audit_layout *l;
    char path[AUDIT_PATH_MAX];

    cr_assert_eq(audit_layout_new(dir, &l), OK);
    for (size_t i = 0; i < fx.log.n; i++) {
        cr_assert_eq(audit_layout_entry(l, fx.log.entry[i]), OK);
        audit_layout_opening(i, path);
        fixture_put(l, path, fx.log.openings[i]);
    }
    fixture_put_lists(l, &fx.qm, &fx.qn);
    if (fx.two_cards)
        fixture_put_object(l, TRUST_CARD, fx.qm.authority, 2,
            fx.qm.next_card);
    fixture_put_messages(l);
    audit_layout_cosigned(slice_str("QN-FIU"), path);
    fixture_put(l, path, fx.cosigned);
    audit_layout_receipt(fx.out_digest, EVENT_DELIVERED, path);
    fixture_put(l, path, fx.receipt);
    audit_layout_peer(slice_str(fx.qn.origin), path);
    fixture_put(l, path, fx.peer_note);
    fixture_put_vkey(l, &fx.qm, fx.note);
    audit_layout_free(l);
}

/* That of QN-FIU, where the one from us has arrived. */
static inline void
fixture_write_peer(const char *dir)
{
    struct audit_layout *l;
    char path[AUDIT_PATH_MAX];

    cr_assert_eq(audit_layout_new(dir, &l), OK);
    for (size_t i = 0; i < fx.peer.n; i++) {
        cr_assert_eq(audit_layout_entry(l, fx.peer.entry[i]), OK);
        audit_layout_opening(i, path);
        fixture_put(l, path, fx.peer.openings[i]);
    }
    fixture_put_lists(l, &fx.qn, &fx.qm);
    audit_layout_header(fx.out_digest, path);
    fixture_put(l, path, fx.out);
    audit_layout_header(fx.other_digest, path);
    fixture_put(l, path, fx.other);
    audit_layout_peer(slice_str(fx.qm.origin), path);
    fixture_put(l, path, fx.note);
    fixture_put_vkey(l, &fx.qn, fx.peer_note);
    audit_layout_free(l);
}

static inline void
print_findings(const struct audit *a)
{
    for (size_t i = 0; i < audit_kept(a); i++) {
        const struct audit_finding *f = audit_finding(a, i);

        cr_log_warn("%llu %s: %s (%s)", (unsigned long long)f->entry,
            f->file, f->what, f->detail);
    }
}

#endif
