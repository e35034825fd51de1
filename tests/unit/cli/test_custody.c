/*
 * Who had the files of a message: what the own log proves of copies and uses,
 * what a node that lies about them can show, and what of it goes on.
 */
#define _GNU_SOURCE
#include "tests/unit/cli/fake_mail.h"

#include "cli/files/custody.h"
#include "cli/files/sent_on.h"
#include "cli/form/known.h"
#include "proto/kinds_list.h"

#define STEPS 1300

/* An entry of the fake log, as it was made. */
struct made {
    uint64_t index, number;
    struct slice entry, openings;
};

/* What a step says otherwise than an honest node's would. */
enum fake_lie {
    NO_LIE, OTHER_MESSAGE, REFUSED_STEP, OTHER_EVENT, OTHER_SIGNER,
    BAD_SIGNATURE, OTHER_PURPOSE, OTHER_PROCEEDING, OTHER_LOG, SIGNED_LATER,
    NO_STATEMENT, OPENING_LEFT_OUT, OPENING_ALTERED, OTHER_INDEX,
    OTHER_PROOF, LIES
};

struct acted {
    enum event event;
    enum act act;
    uint64_t what, number, purpose;
    const struct sign_key *who;         /* NULL: me, by an act */
    const char *proceeding, *to;
    int64_t late;                       /* the entry, after what was signed */
    enum fake_lie lie;
    bool erased, same;                  /* the statement as before */
};

static struct made made[STEPS];
static size_t n_made, page;
static struct session *s;
static struct mail mail;
static struct message m;
static struct custody c;
static const uint8_t salt[HASH_LEN] = { 7 };

static struct slice
kept(struct buf *b)
{
    struct slice out;

    cr_assert_eq(buf_done(b), OK);
    cr_assert_eq(arena_copy(a, slice_of_buf(b), &out), OK);
    buf_clear(b);
    return out;
}

static struct slice
use_args(const struct acted *x)
{
    struct rec *r = record_new(a, &record_ask_use);
    struct buf b;

    cr_assert_eq(record_put_bytes(a, r, "digest", SLICE(mail.digest)), OK);
    put_uint(r, "what", x->what);
    put_uint(r, "purpose", x->lie == OTHER_PURPOSE ?
        PURPOSE_ANALYSIS + 1 : x->purpose);
    if (x->proceeding != NULL && x->lie != OTHER_PROCEEDING)
        put_text(r, "proceeding", x->proceeding);
    if (x->to != NULL)
        put_text(r, "to", x->to);
    buf_init(&b, ASK_MAX);
    record_encode(r, 0, &b);
    return kept(&b);
}

static struct slice
statement_of(const struct acted *x)
{
    static struct slice before;
    const struct sign_key *who = x->who != NULL ? x->who : person_sign(me);
    struct statement st = { .authority = slice_str("QN-FIU"),
        .origin = slice_str(x->lie == OTHER_LOG ? "QX-FIU/log/1" :
        node.origin), .size = node.size + (x->lie == SIGNED_LATER),
        .act = x->act, .obj = SLICE(mail.digest), .args = use_args(x),
        .time = NOW };
    uint8_t sig[REQUEST_SIG_LEN];
    struct buf bytes, b;

    randombytes_buf(st.id, sizeof(st.id));
    buf_init(&bytes, STATEMENT_MAX);
    buf_init(&b, ENTRY_VALUE_MAX);
    cr_assert_eq(statement_sign(&st, x->lie == OTHER_SIGNER ? stranger.key :
        who, &bytes, sig), OK);
    sig[5] ^= x->lie == BAD_SIGNATURE;
    entry_put_statement(&b, slice_of_buf(&bytes), sig);
    buf_clear(&bytes);
    if (!x->same)
        before = kept(&b);
    buf_clear(&b);
    return before;
}

static struct slice
purpose_of(const struct acted *x)
{
    struct buf b;

    buf_init(&b, ENTRY_VALUE_MAX);
    entry_put_purpose(&b, x->purpose, x->proceeding == NULL ? SLICE_EMPTY :
        slice_str(x->proceeding));
    return kept(&b);
}

static void
open_value(struct entry *e, struct opening *o, size_t *n, uint16_t type,
    struct slice value)
{
    cr_assert_eq(entry_add(e, (enum entry_type)type, salt, value), OK);
    o[*n].type = type;
    entry_salt(salt, (enum entry_type)type, o[*n].salt_f);
    o[(*n)++].value = value;
}

/* One more entry of the log, about the message. */
static void
act(const struct acted *given)
{
    struct acted x = *given;
    const struct sign_key *who = x.who != NULL ? x.who : person_sign(me);
    struct entry e = { .seq = node.size, .time = (uint64_t)(x.late != 0 ?
        NOW + x.late : NOW - 100 + (int64_t)n_made),
        .has_obj = true, .event = (uint16_t)(x.lie == OTHER_EVENT ?
        EVENT_HOLD_SET : x.event), .code = x.lie == REFUSED_STEP ?
        E_PURPOSE : OK };
    struct opening o[ENTRY_FIELDS_MAX];
    struct made *out = &made[n_made];
    struct buf b;
    size_t n = 0;

    cr_assert_lt(n_made, STEPS);
    x.purpose = x.purpose != 0 || x.act == ACT_NONE ? x.purpose :
        PURPOSE_ANALYSIS;
    memcpy(e.obj, mail.digest, HASH_LEN);
    e.obj[0] ^= x.lie == OTHER_MESSAGE;
    open_value(&e, o, &n, ENTRY_ACTOR, x.act == ACT_NONE && x.who == NULL ?
        SLICE_EMPTY : slice_of(sign_key_id(who), HASH_LEN));
    if (x.purpose != 0)
        open_value(&e, o, &n, ENTRY_PURPOSE, purpose_of(&x));
    if (x.act != ACT_NONE && x.lie != NO_STATEMENT)
        open_value(&e, o, &n, ENTRY_STATEMENT, statement_of(&x));
    out->index = node.size;
    out->number = x.number;
    if (x.lie == OPENING_ALTERED)
        o[0].value = slice_of(sign_key_id(second.key), HASH_LEN);
    buf_init(&b, ENTRY_OPENINGS_MAX);
    if (!x.erased)
        cr_assert_eq(opening_encode(o, n - (x.lie == OPENING_LEFT_OUT), &b),
            OK);
    out->openings = kept(&b);
    buf_init(&b, ENTRY_MAX);
    cr_assert_eq(entry_encode(&e, &b), OK);
    entry_leaf(slice_of_buf(&b), node.leaf[node.size++]);
    out->entry = kept(&b);
    out->index += x.lie == OTHER_INDEX;
    if (x.lie == OTHER_PROOF)
        out->entry = made[0].entry;
    n_made++;
}

static struct slice
receipt_of(const struct made *x)
{
    struct receipt rc = { .origin = slice_str(node.origin),
        .index = x->index, .entry = x->entry };
    struct buf b;

    if (x->index < node.size)
        cr_assert_eq(tree_prove_inclusion(rc.index, node.size, fetch_node,
            &node, &rc.proof), OK);
    buf_init(&b, RECEIPT_MAX);
    cr_assert_eq(receipt_encode(&rc, &b), OK);
    return kept(&b);
}

static struct rec *
answer_steps(const struct request *q, const struct rec *args)
{
    static union item items[STEPS];
    const struct field *f = record_field(&record_ask_steps, "steps");
    struct rec *r = record_new(a, &record_ask_steps);
    size_t n = 0;

    if (q->type != REQUEST_MSG_STEPS)
        return NULL;
    asked_act = node.last.act;
    asked_args = (struct rec *)(uintptr_t)args;
    for (size_t i = 0; i < n_made; i++) {
        struct rec *step;

        if (made[i].index < record_uint(args, "from"))
            continue;
        if (page > 0 && n == page) {
            put_uint(r, "more", 1);
            break;
        }
        step = record_new(a, f->rec);
        put_uint(step, "index", made[i].index);
        cr_assert_eq(record_put_bytes(a, step, "receipt",
            receipt_of(&made[i])), OK);
        if (made[i].openings.n > 0)
            cr_assert_eq(record_put_bytes(a, step, "openings",
                made[i].openings), OK);
        if (made[i].number > 0)
            put_uint(step, "number", made[i].number);
        items[n++].r = step;
    }
    cr_assert_eq(record_put(a, r, f, items, n), OK);
    return r;
}

/* "The registrar produced d2 of it": what its sender says. */
static struct rec *
said_by_sender(void)
{
    struct rec *r = record_new(a, &record_evidence_transfer);
    struct rec *step = sub(r, "custody");

    put_uint(step, "action", CUSTODY_PRODUCED);
    put_uint(step, "at", NOW - 30 * DAY);
    put_text(step, "by", "Registrar of the bank");
    put_texts(step, "docs", "d2");
    put_text(step, "note", "From its archive.");
    put_recs(r, "custody", &step, 1);
    return r;
}

static void
set_up_custody(void)
{
    struct message in;
    struct rec *row, *event;
    struct mail *all;
    size_t n;

    set_up();
    add_peer();
    node.more = answer_steps;
    n_made = page = 0;
    in = mail_message(1, 0xaa, mail_set("QM-FIU"));
    row = mail_row(1, &in, MESSAGE_STATE_OPENED);
    event = record_new(a, record_field(row->schema, "events")->rec);
    put_uint(event, "event", EVENT_OPENED);
    put_uint(event, "at", NOW - 50);
    put_uint(event, "code", OK);
    put_recs(row, "events", &event, 1);
    cr_assert_eq(begin(&s), OK, "%s", err_text);
    cr_assert_eq(mail_list(s, &domain_valise, ASK_IN, &all, &n), OK);
    cr_assert_eq(n, 1);
    mail = all[0];
    m = mail.m;
    m.own = said_by_sender();
}

static void
tear_down_custody(void)
{
    session_free(s);
    tear_down();
}

TestSuite(custody, .init = set_up_custody, .fini = tear_down_custody);

static enum err
collect(void)
{
    const struct thread_message at = { .out = false };

    return custody_collect(s, &mail, &at, &m, &c);
}

#define COPY(no, proc) { .event = EVENT_EXPORTED, .act = ACT_EXPORT, \
    .what = USE_EXPORT, .number = no, .proceeding = proc }
static const struct acted delivered = { .event = EVENT_DELIVERED };
static const struct acted first = COPY(1, "case-7");

Test(custody, each_copy_and_use_has_its_number_officer_and_proceeding)
{
    const struct acted steps[] = { delivered, first, { .event =
        EVENT_PRINTED, .act = ACT_PRINT, .what = USE_PRINT, .number = 2,
        .who = second.key }, { .event = EVENT_USED, .act = ACT_USE, .what =
        USE_USE, .proceeding = "case-8" }, { .event = EVENT_HANDED_OVER,
        .act = ACT_FORWARD, .what = USE_FORWARD, .number = 3, .to =
        "QM-FIU" } };
    static const char *const actions[] = { "PRODUCED", "SEALED", "RECEIVED",
        "EXPORTED", "PRINTED", "USED", "HANDED_OVER", "OPENED" };

    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
        act(&steps[i]);
    cr_assert_eq(collect(), OK);
    cr_assert_eq(c.n, 8);
    cr_expect_eq(c.n_wrong + c.n_gaps, 0);
    cr_expect_eq(c.size, node.size, "under the newest checkpoint");
    for (size_t i = 0; i < c.n; i++)
        cr_expect_str_eq(c.v[i].action, actions[i], "%zu", i);
    cr_expect_eq(c.v[3].number, 1);
    cr_expect_str_eq(c.v[3].by, "QN-FIU/o-114");
    cr_expect_eq(c.v[3].purpose, PURPOSE_ANALYSIS);
    cr_expect(slice_is(c.v[3].proceeding, "case-7"));
    cr_expect_not_null(strstr(c.v[3].proof, "signed by the officer"));
    cr_expect_eq(c.v[4].number, 2);
    cr_expect_str_eq(c.v[4].by, "QN-FIU/o-2", "another officer");
    cr_expect_eq(c.v[5].number, 0, "a use is no copy");
    cr_expect(slice_is(c.v[5].proceeding, "case-8"));
    cr_expect_str_eq(c.v[6].to, "QM-FIU");
    cr_expect_str_eq(c.v[2].by, "QN-FIU");
    cr_expect_null(strstr(c.v[2].proof, "signed"), "by nobody");
    cr_expect_str_eq(c.v[7].proof, "word of this node");
    cr_expect_str_eq(c.v[0].proof, "signed by the sender");
}

Test(custody, steps_come_in_pages)
{
    act(&delivered);
    for (uint64_t i = 1; i <= 100; i++)
        act(&(struct acted)COPY(i, NULL));
    page = 7;
    cr_assert_eq(collect(), OK);
    cr_expect_eq(c.n, 3 + 101);
    cr_expect_eq(c.n_gaps, 0);
    cr_expect_eq(asked_act, ACT_NONE, "nothing is signed for it");
    cr_expect_eq(record_uint(asked_args, "from"), made[97].index + 1);
}

Test(custody, one_officer_with_many_copies_ends_it_for_nobody)
{
    act(&delivered);
    for (uint64_t i = 1; i <= 1200; i++)
        act(&(struct acted)COPY(i, NULL));
    page = 60;
    cr_assert_eq(collect(), OK);
    cr_expect_eq(c.n, 3 + 1201);
    cr_expect_eq(c.n_gaps, 0);
}

Test(custody, what_the_node_cannot_prove_is_not_shown)
{
    for (enum fake_lie lie = NO_LIE + 1; lie < LIES; lie++) {
        struct acted x = first;

        n_made = 0;
        act(&delivered);
        x.lie = lie;
        act(&x);
        cr_expect_eq(collect(), ERR_PROOF, "lie %d", (int)lie);
    }
    n_made = 0;
    act(&delivered);
    act(&first);
    cr_expect_eq(collect(), OK);
}

/* The step after that the message came in, alone. */
static enum err
collect_with(const struct acted *x)
{
    n_made = 0;
    act(&delivered);
    act(x);
    return collect();
}

Test(custody, without_his_signature_nobody_has_done_it)
{
    static const enum event by_node[] = { EVENT_DELIVERED, EVENT_STORED,
        EVENT_DESTROYED };
    struct acted x = { .event = EVENT_FORWARDED };

    cr_expect_eq(collect_with(&x), ERR_PROOF, "the node passes nothing on");
    x.who = second.key;
    cr_expect_eq(collect_with(&x), ERR_PROOF);
    for (size_t i = 0; i < sizeof(by_node) / sizeof(by_node[0]); i++) {
        x = (struct acted){ .event = by_node[i] };
        cr_expect_eq(collect_with(&x), OK, "event %zu, the node", i);
        x.who = second.key;
        cr_expect_eq(collect_with(&x), ERR_PROOF, "event %zu", i);
        x.who = NULL;
        x.purpose = PURPOSE_ANALYSIS;
        cr_expect_eq(collect_with(&x), ERR_PROOF, "event %zu, a purpose", i);
    }
    x = (struct acted){ .event = EVENT_DESTROYED, .act = ACT_DESTROY };
    cr_expect_eq(collect_with(&x), ERR_PROOF, "he signed for no purpose");
}

Test(custody, a_transfer_that_passes_on_is_signed_itself)
{
    struct acted x = { .event = EVENT_FORWARDED, .who = second.key };

    cr_assert_eq(record_put_bytes(a, mail.m.common, "officer",
        slice_of(sign_key_id(second.key), HASH_LEN)), OK);
    mail.out = true;
    cr_expect_eq(collect_with(&x), ERR_PROOF, "another kind");
    mail.m.kind = domain_kind(&domain_valise, KIND_ONWARD_TRANSFER);
    cr_expect_eq(collect_with(&x), OK);
    act(&x);
    cr_expect_eq(collect(), ERR_PROOF, "it begins once");
    x.who = person_sign(me);
    cr_expect_eq(collect_with(&x), ERR_PROOF, "another officer");
    x.who = second.key;
    mail.out = false;
    cr_expect_eq(collect_with(&x), ERR_PROOF, "not of this side");
}

Test(custody, what_was_signed_is_of_the_time_of_its_entry)
{
    static const struct { int64_t late; enum err want; } times[] = {
        { 1200, OK }, { 1201, ERR_PROOF }, { 40 * DAY, ERR_PROOF },
        { -1200, OK }, { -1201, ERR_PROOF }, { -40 * DAY, ERR_PROOF },
    };
    struct acted x = first;

    for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
        x.late = times[i].late;
        cr_expect_eq(collect_with(&x), times[i].want, "%lld",
            (long long)x.late);
    }
}

Test(custody, one_statement_is_for_one_copy)
{
    struct acted again = first;

    act(&delivered);
    act(&first);
    again.number = 2;
    act(&again);
    cr_expect_eq(collect(), OK);
    again.number = 3;
    again.same = true;
    act(&again);
    cr_expect_eq(collect(), ERR_PROOF);
}

Test(custody, one_entry_is_one_step)
{
    act(&delivered);
    act(&first);
    made[n_made] = made[n_made - 1];
    made[n_made++].number = 2;
    cr_expect_eq(collect(), ERR_PROOF);
}

Test(custody, of_a_stranger_nothing_is_believed)
{
    struct acted x = first;

    x.who = stranger.key;
    act(&delivered);
    act(&x);
    cr_expect_eq(collect(), ERR_PROOF);
}

Test(custody, a_copy_that_is_left_out_is_missed)
{
    act(&delivered);
    act(&first);
    act(&(struct acted)COPY(3, NULL));
    cr_assert_eq(collect(), OK);
    cr_expect_eq(c.n_gaps, 1);
    cr_expect(c.v[c.n - 2].gap || c.v[c.n - 1].gap);
    n_made = 0;
    act(&delivered);
    act(&(struct acted)COPY(2, NULL));
    cr_assert_eq(collect(), OK);
    cr_expect_eq(c.n_gaps, 1, "the first too");
    n_made = 0;
    act(&(struct acted)COPY(2, NULL));
    act(&(struct acted)COPY(1, NULL));
    cr_assert_eq(collect(), OK);
    cr_expect_eq(c.n_gaps, 2, "nor do they change places");
}

Test(custody, what_was_erased_is_shown_without_who_and_why)
{
    struct acted x = first;

    x.erased = true;
    act(&delivered);
    act(&x);
    cr_assert_eq(collect(), OK);
    cr_expect_str_eq(c.v[3].action, "EXPORTED");
    cr_expect_eq(c.v[3].number, 1);
    cr_expect_str_eq(c.v[3].by, "QN-FIU");
    cr_expect_eq(c.v[3].purpose, 0);
    cr_expect_not_null(strstr(c.v[3].proof, "erased"));
}

Test(custody, an_officer_who_has_left_since_did_what_he_did)
{
    const struct rec *list = directory_newest(session_directory(s),
        TRUST_STAFF, slice_str("QN-FIU"), NULL);
    const struct value *v = record_value(list, "officers");

    act(&delivered);
    act(&first);
    for (size_t i = 0; i < v->n; i++)
        put_uint(v->v[i].r, "revoked", NOW + 1);
    cr_assert_eq(collect(), OK);
    cr_expect_not_null(strstr(c.v[3].proof, "signed by the officer"));
    cr_expect_null(strstr(c.v[3].proof, "not in office"));
    for (size_t i = 0; i < v->n; i++)
        put_uint(v->v[i].r, "revoked", NOW - 1);
    cr_assert_eq(collect(), OK);
    cr_expect_not_null(strstr(c.v[3].proof, "not in office"));
}

Test(custody, what_goes_on_is_the_chain_without_purposes)
{
    static const struct { uint64_t action; const char *by; } want[] = {
        { CUSTODY_PRODUCED, "Registrar of the bank" },
        { CUSTODY_SEALED, "QM-FIU" }, { CUSTODY_RECEIVED, "QN-FIU" },
        { CUSTODY_COPIED, "QN-FIU/o-114" },
    };
    const struct field *f = record_field(&record_evidence_transfer,
        "custody");
    union item items[CUSTODY_NEXT_MAX];
    struct rec *own = record_new(a, &record_evidence_transfer);
    struct fault fault;
    size_t n;

    act(&delivered);
    act(&first);
    act(&(struct acted){ .event = EVENT_USED, .act = ACT_USE, .what =
        USE_USE, .proceeding = "case-8" });
    cr_assert_eq(collect(), OK);
    cr_assert_eq(custody_next(&c, a, f, items, &n), OK);
    cr_assert_eq(n, 4, "who opened and used it stays here");
    for (size_t i = 0; i < n; i++) {
        const struct slice by = record_bytes(items[i].r, "by");

        cr_expect_eq(record_uint(items[i].r, "action"), want[i].action);
        cr_expect(by.n >= strlen(want[i].by) && memcmp(by.p, want[i].by,
            strlen(want[i].by)) == 0, "%zu", i);
        cr_expect_eq(record_check(items[i].r, 0, &fault), OK, "%zu", i);
    }
    cr_expect_not(record_has(items[0].r, "docs"));
    cr_expect(slice_is(record_bytes(items[0].r, "note"), "From its archive."
        "; of what was then d2"));
    cr_expect_eq(record_bytes(items[3].r, "note").n,
        strlen("copy 1, entry 6 of QN-FIU/log/1"));
    cr_assert_eq(record_put(a, own, f, items, n), OK);
    cr_expect_eq(record_count(own, "custody"), 4);
}

Test(custody, a_form_has_the_chain_unless_the_officer_says_another)
{
    const struct compose_opts o = { .a = a, .domain = &domain_valise,
        .directory = session_directory(s), .people = session_people(s),
        .own = slice_str("QN-FIU"), .author = person_sign(me), .now = NOW };
    const struct field *f = record_field(&record_evidence_transfer,
        "custody");
    union item items[CUSTODY_NEXT_MAX];
    struct known k = { .act = acts_find(&domain_valise, "offer"), .o = &o,
        .to = slice_str("QM-FIU"), .custody = items };
    struct findings *l = arena_get(a, sizeof(*l));
    struct message form, typed;
    struct rec *step;

    memset(l, 0, sizeof(*l));
    act(&delivered);
    act(&first);
    cr_assert_eq(collect(), OK);
    cr_assert_eq(custody_next(&c, a, f, items, &k.n_custody), OK);
    cr_assert_eq(known_begin(&k, &form, l), OK);
    cr_expect_eq(record_count(form.own, "custody"), 4);
    for (unsigned i = 0; i < 2; i++) {
        cr_assert_eq(message_new(a, domain_kind(&domain_valise,
            KIND_EVIDENCE_OFFER), &typed), OK);
        step = sub(typed.own, "custody");
        if (i > 0)
            put_text(step, "by", "The desk of QN-FIU");
        put_recs(typed.own, "custody", &step, 1);
        cr_assert_eq(known_facts(&k, &typed, l), OK);
        cr_expect_eq(record_count(typed.own, "custody"), i > 0 ? 1 : 4,
            "%s", i > 0 ? "what he says stands" : "an empty form");
    }
    k.n_custody = 0;
    cr_assert_eq(known_begin(&k, &form, l), OK);
    cr_expect_neq(record_count(form.own, "custody"), 4,
        "without --custody-of there is none");
}

/* Evidence under the limits of the first offer: one proceeding, one purpose,
 * one other authority. */
static struct rec *
set_of_evidence(void)
{
    struct rec *set = mail_set("QM-FIU");
    struct rec *onward = record_rec(set, "onward");

    put_codes(set, "purposes", PURPOSE_PROSECUTION);
    put_texts(set, "proceedings", "case-7");
    put_uint(set, "use_level", USE_LEVEL_EVIDENCE_LISTED);
    put_uint(onward, "mode", ONWARD_LISTED);
    put_texts(onward, "allow", "QO-FIU");
    put_uint(set, "export", EXPORT_EXPORT_LOGGED);
    put_uint(set, "accept_first", 1);
    return set;
}

static struct findings *
no_findings(void)
{
    struct findings *l = arena_get(a, sizeof(*l));

    memset(l, 0, sizeof(*l));
    return l;
}

static const struct finding *
finding_of(const struct findings *l, const char *path)
{
    for (size_t i = 0; i < l->n; i++)
        if (strcmp(l->v[i].fault.path, path) == 0)
            return &l->v[i];
    return NULL;
}

Test(custody, what_is_sent_on_gets_no_looser_limits_than_it_came_with)
{
    static const struct { const char *name; uint64_t loose;
        const char *said; } rows[] = {
        { "export", EXPORT_FREE, "EXPORT_LOGGED" },
        { "subject_notice", SUBJECT_NOTICE_ALLOWED, "FORBIDDEN" },
        { "retain_until", NOW + 4000 * DAY, "Z" },
        { "use_until", NOW + 700 * DAY, "Z" },
        { "valid_from", NOW - 30 * DAY, "Z" },
        { "accept_first", 0, "true" },
    };
    const struct sent_on x = { .set = set_of_evidence(), .id = "12345678" };
    char path[64];

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct rec *set = set_of_evidence();
        struct findings *l = no_findings();
        const struct finding *f;

        put_uint(set, rows[i].name, rows[i].loose);
        cr_assert_eq(sent_on_check(&x, a, set, l), OK);
        (void)snprintf(path, sizeof(path), "restrictions.%s", rows[i].name);
        cr_expect_eq(l->n, 1, "%s: %zu", path, l->n);
        cr_assert_not_null(f = finding_of(l, path), "%s", path);
        cr_expect_eq(f->fault.e, E_RESTR_WIDENED);
        cr_expect_not_null(strstr(f->hint, rows[i].said), "%s", f->hint);
        cr_expect_not_null(strstr(f->hint, "ask the originator, QM-FIU"));
        cr_expect_not_null(strstr(f->hint, "12345678"));
    }
}

Test(custody, each_limit_that_is_looser_is_named)
{
    const struct sent_on x = { .set = set_of_evidence() };
    struct rec *set = set_of_evidence();
    struct findings *l = no_findings();

    put_codes(set, "purposes", PURPOSE_TAX_ASSESSMENT);
    put_texts(set, "proceedings", "case-8");
    put_uint(set, "export", EXPORT_FREE);
    put_uint(record_rec(set, "onward"), "mode", ONWARD_STATE);
    cr_assert_eq(sent_on_check(&x, a, set, l), OK);
    cr_expect_eq(l->n, 4);
    cr_expect_not_null(finding_of(l, "restrictions.purposes"));
    cr_expect_not_null(finding_of(l, "restrictions.proceedings"));
    cr_expect_not_null(finding_of(l, "restrictions.export"));
    cr_expect_not_null(finding_of(l, "restrictions.onward"));
    cr_expect_not_null(strstr(finding_of(l, "restrictions.onward")->hint,
        "mode LISTED, allow QO-FIU"), "%s", finding_of(l,
        "restrictions.onward")->hint);
}

Test(custody, who_sends_on_names_himself_and_stricter_is_his_to_choose)
{
    struct rec *bound = set_of_evidence();
    const struct sent_on x = { .set = bound };
    struct rec *set = set_of_evidence();
    struct findings *l = no_findings();

    put_texts(set, "originator", "QN-FIU");
    put_uint(set, "export", EXPORT_NONE);
    put_uint(set, "retain_until", NOW + 400 * DAY);
    put_uint(record_rec(set, "onward"), "mode", ONWARD_NEVER);
    put_texts(record_rec(set, "onward"), "allow", "");
    cr_assert_eq(sent_on_check(&x, a, set, l), OK);
    cr_expect_eq(l->n, 0);
    put_uint(set, "audience", AUDIENCE_NAMED);
    put_texts(set, "named_officers", "somebody there");
    cr_assert_eq(sent_on_check(&x, a, set, l), OK);
    cr_expect_eq(l->n, 0, "the recipient has officers of its own");
    put_uint(bound, "audience", AUDIENCE_NAMED);
    put_uint(set, "audience", AUDIENCE_AUTHORITY);
    cr_assert_eq(sent_on_check(&x, a, set, l), OK);
    cr_expect_not_null(finding_of(l, "restrictions.audience"));
}

Test(custody, the_own_state_of_one_is_not_that_of_the_next)
{
    const struct sent_on x = { .set = set_of_evidence() };
    struct rec *set = set_of_evidence();
    struct findings *l = no_findings();

    put_uint(record_rec(x.set, "onward"), "mode", ONWARD_STATE);
    cr_assert_eq(sent_on_check(&x, a, set, l), OK);
    cr_expect_eq(l->n, 0, "whom it lists may have it");
    put_uint(record_rec(set, "onward"), "mode", ONWARD_STATE);
    cr_assert_eq(sent_on_check(&x, a, set, l), OK);
    cr_expect_not_null(finding_of(l, "restrictions.onward"));
}

Test(custody, a_form_has_the_limits_of_what_came_where_it_leaves_them_out)
{
    const struct compose_opts o = { .a = a, .domain = &domain_valise,
        .directory = session_directory(s), .people = session_people(s),
        .own = slice_str("QN-FIU"), .author = person_sign(me), .now = NOW };
    const struct sent_on x = { .set = set_of_evidence(), .caveat =
        slice_str("Not to the press.") };
    const struct known k = { .act = acts_find(&domain_valise, "offer"),
        .o = &o, .to = slice_str("QM-FIU"), .sent_on = &x };
    struct findings *l = no_findings();
    struct message form;
    struct rec *set;

    for (unsigned i = 0; i < 2; i++) {
        if (i == 0)
            cr_assert_eq(known_begin(&k, &form, l), OK);
        else
            cr_assert_eq(message_new(a, domain_kind(&domain_valise,
                KIND_EVIDENCE_OFFER), &form), OK);
        cr_assert_eq(known_facts(&k, &form, l), OK);
        cr_expect_eq(l->n, 0, "%s", l->n > 0 ? l->v[0].fault.path : "");
        set = record_rec(form.common, "restrictions");
        cr_expect(record_lists(set, "purposes", PURPOSE_PROSECUTION));
        cr_expect_eq(record_count(set, "proceedings"), 1);
        cr_expect_eq(record_uint(set, "export"), EXPORT_EXPORT_LOGGED);
        cr_expect_eq(record_uint(set, "retain_until"), NOW + 730 * DAY);
        cr_expect_eq(record_uint(set, "subject_notice"),
            SUBJECT_NOTICE_FORBIDDEN);
        cr_expect_eq(record_uint(set, "accept_first"), 1);
        cr_expect_eq(record_uint(record_rec(set, "onward"), "mode"),
            ONWARD_NEVER);
        cr_expect(slice_is(message_bytes(&form, "caveat"),
            "Not to the press."));
        cr_expect_not(record_has(set, "originator"));
        cr_expect_not(record_has(set, "rid"));
    }
    put_uint(set, "export", EXPORT_FREE);
    cr_assert_eq(known_facts(&k, &form, l), OK);
    cr_expect_not_null(finding_of(l, "restrictions.export"));
}

Test(custody, a_file_came_with_it_by_digest_and_size)
{
    struct sent_on_file file[] = { { { 1 }, 5 }, { { 2 }, 7 },
        { { 2 }, 9 } };
    const struct sent_on x = { .file = file, .n = 3 }, none = { .n = 0 };
    uint8_t digest[HASH_LEN] = { 2 };

    cr_expect(sent_on_has(&x, digest, 7));
    cr_expect(sent_on_has(&x, digest, 9));
    cr_expect_not(sent_on_has(&x, digest, 5));
    cr_expect_not(sent_on_has(&none, digest, 7));
    digest[HASH_LEN - 1] = 1;
    cr_expect_not(sent_on_has(&x, digest, 7));
}

Test(custody, of_an_offer_no_file_has_left)
{
    static const char *const actions[] = { "PRODUCED", "SEALED", "OFFERED",
        "LIST_STORED", "OPENED" };
    const struct field *f = record_field(&record_evidence_transfer,
        "custody");
    union item items[CUSTODY_NEXT_MAX];
    size_t n;

    m.kind = domain_kind(&domain_valise, KIND_EVIDENCE_OFFER);
    act(&delivered);
    act(&(struct acted){ .event = EVENT_STORED });
    cr_assert_eq(collect(), OK);
    cr_assert_eq(c.n, 5);
    for (size_t i = 0; i < c.n; i++)
        cr_expect_str_eq(c.v[i].action, actions[i], "%zu", i);
    cr_assert_eq(custody_next(&c, a, f, items, &n), OK);
    cr_expect_eq(n, 2, "nobody has received them");
}
