/*
 * Threads whose messages cross, with real nodes: what both sides had queued
 * before the other's arrived is delivered in every order in which it can
 * arrive.  Whatever is refused on the way, both end with the same messages in
 * the same state; also when an answer is lost, or a node starts again,
 * between any two of them.
 *
 * Each script is played once up to where both sides have queued their
 * messages.  Then both nodes are stopped, and each order begins with copies
 * of their folders.
 */
#include "node/store_msg.h"
#include "proto/enums.h"
#include "proto/states.h"
#include "tests/unit/node/pair_fixture.h"
#include "tests/world/world_in.h"
#include "tests/unit/node/crossing.h"

#define LINES_MAX 20

/*
 * One message: who sends it (the opener or the other side), what it is, and
 * the line that it is about.  Lines before `crossing` are delivered at once.
 * type is the reply_type or close_reason.  A message that its own side must
 * refuse has its code.
 */
struct line {
    const char *name;
    bool other;
    unsigned kind;
    unsigned type;
    const char *about;
    enum err own;
};

struct script {
    const char *title;
    size_t before;                  /* lines that are delivered at once */
    unsigned state, refusals;       /* what every order ends in */
    struct line line[LINES_MAX];
};

#define OPENER false
#define OTHER true
#define QUESTION(n) { n, OPENER, KIND_INFO_REQUEST, 0, NULL, OK }
#define TELLS(n) { n, OPENER, KIND_SPONT_DISCLOSURE, 0, NULL, OK }
#define ACK(who, n, of) { n, who, KIND_RECEIPT, 0, of, OK }
#define ASKS(who, n, of) { n, who, KIND_CLARIFICATION_REQUEST, 0, of, OK }
#define CLEARS(who, n, of) { n, who, KIND_CLARIFICATION_REPLY, 0, of, OK }
#define REPLY_(n, how, of) \
    { n, OTHER, KIND_REPLY, REPLY_TYPE_##how, of, OK }
#define CONSULTS(n, of) { n, OTHER, KIND_PRE_REFUSAL_CONSULT, 0, of, OK }
#define REFUSES(n, of) { n, OTHER, KIND_REFUSAL, REFUSAL_SCOPE_ALL, of, OK }
#define EXTENDS(n, of) \
    { n, OTHER, KIND_DELAY_NOTICE, DELAY_KIND_EXTENSION, of, OK }
#define CANNOT(n, of) { n, OTHER, KIND_CONF_CANNOT_COMPLY, 0, of, OK }
#define OFFERS(n, of) { n, OTHER, KIND_CONDITIONS_OFFER, 0, of, OK }
#define DECLINES(n, of) { n, OPENER, KIND_CONDITIONS_DECISION, \
    CONDITIONS_ANSWER_DECLINE, of, OK }
#define WITHDRAWS(n, of) { n, OPENER, KIND_WITHDRAWAL, 0, of, OK }
#define CLOSES(who, n) \
    { n, who, KIND_CLOSE, CLOSE_REASON_ANSWERED, "r", OK }

static const struct script scripts[] = {
    { "an answer crosses what was asked about the first part of it", 4,
      REQUEST_CLOSED, 0, {
      QUESTION("r"), ACK(OTHER, "k", "r"), ASKS(OTHER, "q1", "r"),
      REPLY_("p1", PARTIAL, "r"),
      CLEARS(OPENER, "c1", "q1"), ASKS(OPENER, "q2", "p1"),
      ACK(OPENER, "k2", "p1"),
      REPLY_("i1", INTERIM, "r"), ASKS(OTHER, "q3", "r"),
      REPLY_("f", FULL, "r"), CLOSES(OTHER, "x") } },
    { "both close while the other goes on", 5, REQUEST_CLOSED, 1, {
      QUESTION("r"), ACK(OTHER, "k", "r"), REPLY_("p1", PARTIAL, "r"),
      ASKS(OPENER, "q1", "p1"), ASKS(OTHER, "q2", "r"),
      CLEARS(OPENER, "c2", "q2"), CLOSES(OPENER, "x1"),
      ACK(OPENER, "k2", "p1"),
      CLEARS(OTHER, "c1", "q1"), REPLY_("n", NEGATIVE, "r"),
      REPLY_("s", SUPPLEMENT, "r"), CLOSES(OTHER, "x2") } },
    { "the opener has enough when the last answers come", 4,
      REQUEST_CLOSED, 4, {
      QUESTION("r"), ACK(OTHER, "k", "r"), REPLY_("p1", PARTIAL, "r"),
      ACK(OPENER, "kp", "p1"),
      ACK(OPENER, "kk", "k"), CLOSES(OPENER, "x1"), ASKS(OPENER, "q", "p1"),
      REPLY_("p2", PARTIAL, "r"), ASKS(OTHER, "q3", "r"),
      REPLY_("i", INTERIM, "r"), REPLY_("f", FULL, "r") } },
    { "a redirection crosses the answer to a question", 3,
      REQUEST_CLOSED, 0, {
      QUESTION("r"), ACK(OTHER, "k", "r"), ASKS(OTHER, "q1", "r"),
      CLEARS(OPENER, "c1", "q1"), ACK(OPENER, "kq", "q1"),
      ACK(OPENER, "kk", "k"),
      REPLY_("d", REDIRECT, "r"), CLOSES(OTHER, "x"),
      /* It is redirected: no more questions, no answer. */
      { "late", OTHER, KIND_CLARIFICATION_REQUEST, 0, "r", E_BAD_STATE },
      { "no", OTHER, KIND_REPLY, REPLY_TYPE_FULL, "r", E_BAD_STATE } } },
    { "a disclosure is closed by one side while the other asks", 2,
      SPONTANEOUS_CLOSED, 0, {
      TELLS("r"), ACK(OTHER, "k", "r"),
      ACK(OPENER, "kk", "k"), CLOSES(OPENER, "x1"),
      /* Nobody has asked. */
      { "no", OPENER, KIND_CLARIFICATION_REPLY, 0, "k", E_BAD_STATE },
      ASKS(OTHER, "q1", "r"), ASKS(OTHER, "q2", "r"), CLOSES(OTHER, "x2"),
      ASKS(OTHER, "q3", "r") } },
    { "nothing but the opening message has arrived", 1,
      REQUEST_CLOSED, 0, {
      QUESTION("r"),
      { "no", OPENER, KIND_CLOSE, CLOSE_REASON_ANSWERED, "r", E_BAD_STATE },
      { "nor", OTHER, KIND_REPLY, REPLY_TYPE_FULL, "r", E_BAD_STATE },
      ACK(OTHER, "k", "r"), ASKS(OTHER, "q1", "r"),
      REPLY_("n", NEGATIVE, "r"), CLOSES(OTHER, "x") } },
    { "a refusal crosses the word that was asked for before it", 3,
      REQUEST_WITHDRAWN, 2, {
      QUESTION("r"), ACK(OTHER, "k", "r"), CONSULTS("c", "r"),
      CLEARS(OPENER, "w", "c"), WITHDRAWS("z", "r"),
      EXTENDS("e", "r"), REFUSES("f", "r") } },
    { "conditions are declined while others take their place", 3,
      REQUEST_CONDITIONS_OFFERED, 0, {
      QUESTION("r"), ACK(OTHER, "k", "r"), OFFERS("o1", "r"),
      DECLINES("d", "o1"),
      OFFERS("o2", "r"), EXTENDS("e", "r"),
      /* It was refused before it was asked about. */
      { "no", OTHER, KIND_CLOSE, CLOSE_REASON_REFUSED, "r",
        E_BAD_STATE } } },
    { "a request is withdrawn while it cannot be kept secret", 1,
      REQUEST_WITHDRAWN, 0, {
      QUESTION("r"), WITHDRAWS("z", "r"), CANNOT("h", "r") } },
};

/* A line that was queued. */
struct sent {
    const struct line *line;
    uint8_t id[MSG_ID_LEN], digest[HASH_LEN];
};

/* What comes in between; the step before which it happens is chosen apart. */
enum trouble { NOTHING, ANSWER_LOST, OPENER_STARTS, OTHER_STARTS, TROUBLES };

static struct sent sent[LINES_MAX];
static size_t n_sent;
static size_t queued[2];                /* by each side, not delivered */
static uint8_t thread[MSG_ID_LEN];
static struct tlog_have have[2][WORLD_PERSONS];

static void
shell(const char *words)
{
    char command[256];

    (void)snprintf(command, sizeof(command), "cd %s && %s", dir, words);
    cr_assert_eq(system(command), 0, "%s", command);
}

TestSuite(crossing, .init = pair_up, .fini = pair_down, .timeout = 120);

/* Messages. */

static const struct sent *
find(const char *name)
{
    for (size_t i = 0; i < n_sent; i++)
        if (strcmp(sent[i].line->name, name) == 0)
            return &sent[i];
    return NULL;
}

static struct rec *
put_sub(struct world *w, struct rec *r, const char *name)
{
    struct rec *of = sub(w, r, name);

    put_one(w, r, name, (union item){ .r = of });
    return of;
}

static void
put_disclosure(struct world *w, struct message *m)
{
    struct rec *part = put_sub(w, m->own, "parts");
    struct rec *grounds = put_sub(w, m->own, "grounds_for_sending");

    put_text(w, part, "part_id", "p1");
    put_uint(w, part, "kind", PART_KIND_FACTS);
    put_uint(w, part, "content_class", CONTENT_CLASS_OSINT);
    put_text(w, part, "text", "A house was bought.");
    put_list(w, part, "subjects", NULL, 0);
    put_uint(w, m->own, "feedback_requested", 0);
    put_text(w, m->own, "title", "A house");
    put_uint(w, m->own, "offences", OFFENCE_UNKNOWN);
    put_uint(w, grounds, "codes", SENDING_GROUND_ASSIST_INQUIRY);
    put_text(w, m->own, "link_to_recipient_state", "It stands there.");
    put_uint(w, m->own, "source_eval", 1);
    put_uint(w, m->own, "info_eval", 1);
    put_list(w, m->own, "subjects", NULL, 0);
}

/* What a reply of this type has besides its answers. */
static void
put_reply(struct world *w, struct message *m, unsigned type)
{
    if (type == REPLY_TYPE_PARTIAL || type == REPLY_TYPE_INTERIM) {
        put_text(w, m->own, "outstanding", "q1");
        put_uint(w, m->own, "expected_at", WORLD_NOW + 86400);
    } else if (type == REPLY_TYPE_NEGATIVE) {
        put_uint(w, m->own, "negative_reason", NEGATIVE_REASON_NG_NO_TRACE);
        put_uint(w, m->own, "searched", SEARCHED_TAX);
    } else if (type == REPLY_TYPE_REDIRECT) {
        put_uint(w, m->own, "redirect_code", REDIRECT_CODE_RD_PUBLIC_SOURCE);
        put_text(w, m->own, "redirect_to", "QX-FIU");
    }
}

/* One sub-record of a list, with a code and its words. */
static struct rec *
put_coded(struct world *w, struct rec *r, const char *list, const char *code,
    uint64_t n)
{
    struct rec *of = put_sub(w, r, list);

    put_uint(w, of, code, n);
    return of;
}

static void
put_none(struct world *w, struct rec *r, const char *list)
{
    put_list(w, r, list, NULL, 0);
}

#define WORDS "Words that explain it well enough."

static void
put_ground(struct world *w, struct rec *own, const char *list)
{
    struct rec *r = put_coded(w, own, list, "ground", GROUND_RG_OUT_OF_SCOPE);

    put_text(w, r, "source", "Egmont Principles");
    put_text(w, r, "explanation", WORDS);
}

static void
put_refusing(struct world *w, struct rec *own, unsigned kind)
{
    if (kind == KIND_PRE_REFUSAL_CONSULT) {
        put_ground(w, own, "prospective");
        put_uint(w, own, "prospective_outcome", 1);
        put_none(w, own, "non_coercive_available");
        put_uint(w, own, "respond_by", WORLD_NOW + 14 * 86400);
        put_none(w, own, "ways_to_cure");
    } else if (kind == KIND_REFUSAL) {
        put_ground(w, own, "grounds");
        put_uint(w, own, "scope", REFUSAL_SCOPE_ALL);
        put_none(w, own, "alternatives");
        put_text(w, own, "appeal_or_resubmit", "Ask again.");
    } else if (kind == KIND_DELAY_NOTICE) {
        put_uint(w, own, "delay_kind", DELAY_KIND_EXTENSION);
        put_text(w, put_coded(w, own, "reasons", "code",
            DELAY_REASON_DR_RESOURCES), "text", WORDS);
        put_uint(w, own, "original_due", WORLD_NOW + 21 * 86400);
        put_uint(w, own, "new_due", WORLD_NOW + 40 * 86400);
        put_uint(w, own, "partial_available", 0);
    }
}

static void
put_talk(struct world *w, struct rec *own, unsigned kind)
{
    if (kind == KIND_CONDITIONS_OFFER) {
        put_text(w, put_coded(w, own, "conditions", "code",
            CONDITION_COND_COSTS), "text", "Costs are shared.");
        put_uint(w, own, "respond_by", WORLD_NOW + 14 * 86400);
    } else if (kind == KIND_CONF_CANNOT_COMPLY) {
        put_uint(w, own, "aspect", CONF_ASPECT_FACT);
        put_uint(w, own, "reason_code", CANNOT_COMPLY_CR_OVERSIGHT_BODY);
        put_uint(w, own, "execution_started", 0);
        put_uint(w, own, "options", CONF_OPTION_OPT_PROCEED);
        put_text(w, own, "explanation", WORDS);
        put_text(w, own, "when_would_disclose", "At once.");
    } else if (kind == KIND_WITHDRAWAL) {
        put_uint(w, own, "reason", 1);
        put_uint(w, own, "destroy_requested", 0);
    }
}

/* What refuses, delays, withdraws or makes conditions. */
static void
put_more(struct world *w, struct message *m, const struct line *l,
    struct slice target)
{
    if (l->kind == KIND_CONDITIONS_DECISION) {
        put_uint(w, m->own, "decision", l->type);
        world_check(record_put_bytes(w->a, m->own, "conditions_of", target));
        return;
    }
    if (record_field(m->own->schema, "target_msg") != NULL)
        world_check(record_put_bytes(w->a, m->own, "target_msg", target));
    put_refusing(w, m->own, l->kind);
    put_talk(w, m->own, l->kind);
}

static void
approve(struct world *w, const struct sent *s)
{
    struct rec *args = record_new(w->a, &record_ask_sign);
    struct signature sig;

    sign_make(LABEL_APPR, person_sign(w->who[HEAD].p), s->digest, &sig);
    world_check(record_put_bytes(w->a, args, "digest", SLICE(s->digest)));
    world_check(record_put_bytes(w->a, args, "sig", SLICE(sig.sig)));
    world_check(world_ask(w, HEAD, REQUEST_APPROVE, ACT_APPROVE,
        SLICE(s->digest), args, NULL));
}

/* The newest message of the other side among the first n. */
static struct slice
newest_of(bool other, size_t n)
{
    while (n-- > 0)
        if (sent[n].line->other == other)
            return SLICE(sent[n].digest);
    return SLICE_EMPTY;
}

static void
submit(struct world *w, struct world *to, const struct line *l,
    size_t delivered)
{
    const struct sent *of = l->about != NULL ? find(l->about) : NULL;
    struct sent *s = &sent[n_sent];
    struct world_form f = { .kind = domain_kind(&domain_valise, l->kind),
        .to = to, .thread = n_sent > 0 ? SLICE(thread) : SLICE_EMPTY,
        .target = of != NULL ? SLICE(of->id) : SLICE_EMPTY,
        .seen = newest_of(!l->other, delivered), .reply_type = l->type,
        .close_reason = l->type, .text = "Some words." };
    struct message m;
    uint64_t state;
    struct buf out;

    f.approval = (f.kind->flags & K_FOUR_EYES) != 0;
    world_message(w, &f, &m);
    put_more(w, &m, l, f.target);
    if (l->kind == KIND_SPONT_DISCLOSURE)
        put_disclosure(w, &m);
    if (l->kind == KIND_REPLY)
        put_reply(w, &m, l->type);
    *s = (struct sent){ .line = l };
    memcpy(s->id, message_bytes(&m, "msg_id").p, MSG_ID_LEN);
    memcpy(thread, message_bytes(&m, "thread_id").p, MSG_ID_LEN);
    buf_init(&out, ENVELOPE_MAX);
    world_seal(w, &m, to, &out);
    cr_assert_eq(world_submit(w, slice_of_buf(&out), &state, s->digest),
        l->own, "%s: %s at %.*s", l->name,
        err_row((enum err)w->answer.code)->name,
        (int)w->answer.result.n, (const char *)w->answer.result.p);
    buf_clear(&out);
    if (l->own != OK)
        return;
    if (f.approval)
        approve(w, s);
    n_sent++;
}

/* Up to where both sides have queued what crosses. */
static void
prepare(const struct script *s)
{
    n_sent = 0;
    queued[0] = queued[1] = 0;
    for (size_t i = 0; i < LINES_MAX && s->line[i].name != NULL; i++) {
        const struct line *l = &s->line[i];
        struct world *from = l->other ? b : a, *to = l->other ? a : b;

        submit(from, to, l, i < s->before ? n_sent : s->before);
        if (i < s->before)
            arrive(from, to, false);
        else if (l->own == OK)
            queued[l->other]++;
    }
    cut();
    for (int i = 0; i < WORLD_PERSONS; i++) {
        have[0][i] = a->who[i].have;
        have[1][i] = b->who[i].have;
    }
    world_close(a);
    world_close(b);
    shell("rm -rf kept && mkdir kept && cp -r a b kept");
}

/* Both nodes as they were then. */
static void
begin(void)
{
    for (int i = 0; i < WORLD_PERSONS; i++) {
        a->who[i].have = have[0][i];
        b->who[i].have = have[1][i];
    }
    shell("rm -rf a b && cp -r kept/a kept/b .");
    world_open(a);
    world_open(b);
    link_up();
}

static void
end(void)
{
    cut();
    world_close(a);
    world_close(b);
}

/* How both see it in the end. */

static struct rec *
thread_of(struct world *w, const struct world *peer)
{
    struct rec *args = record_new(w->a, &record_ask_thread), *r;

    put_text(w, args, "peer", peer->name);
    world_check(record_put_bytes(w->a, args, "thread", SLICE(thread)));
    put_uint(w, args, "skip", 0);
    world_check(world_ask(w, OFFICER, REQUEST_THREAD_GET, ACT_NONE,
        SLICE_EMPTY, args, &r));
    return r;
}

static unsigned
state_in(const struct rec *of, const struct sent *s)
{
    const struct value *v = record_value(of, "messages");

    for (size_t i = 0; i < v->n; i++)
        if (slice_equal(record_bytes(v->v[i].r, "digest"),
            SLICE(s->digest)))
            return (unsigned)record_uint(v->v[i].r, "state");
    return 0;
}

/* How an order went, for who reads of a failure. */
static const char *
words_of(const struct script *s, unsigned order, enum trouble t, size_t when)
{
    static char out[256];
    static const char *const troubles[] = { "nothing", "a lost answer",
        "the opener's start", "the other's start" };
    size_t n = queued[0] + queued[1];
    char ways[16] = "";

    for (size_t i = 0; i < n; i++)
        ways[i] = order >> i & 1 ? 'b' : 'a';
    (void)snprintf(out, sizeof(out), "%s; order %s, %s at %zu", s->title,
        ways, troubles[t], when);
    return out;
}

/* What an order ends in. */
struct outcome {
    uint64_t state;
    uint32_t refused;                   /* bit for each line */
};

static struct outcome
compare(const char *words, size_t before)
{
    static const char *const fields[] = { "machine", "state", "due",
        "stopped" };
    const struct rec *x = thread_of(a, b), *y = thread_of(b, a);
    struct outcome end = { record_uint(x, "state"), 0 };

    for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
        cr_assert_eq(record_uint(x, fields[i]), record_uint(y, fields[i]),
            "%s: %s", words, fields[i]);
    for (size_t i = before; i < n_sent; i++) {
        bool other = sent[i].line->other;
        unsigned out = state_in(other ? y : x, &sent[i]);
        unsigned in = state_in(other ? x : y, &sent[i]);

        cr_assert(out == STORE_DELIVERED || out == STORE_REFUSED,
            "%s: %s is still %u", words, sent[i].line->name, out);
        /* Who refused it does not show it; that he did is proven to who
         * sent it, or it would still be queued there. */
        cr_assert_eq(in, out == STORE_REFUSED ? 0 : STORE_RECEIVED,
            "%s: %s is %u and %u", words,
            sent[i].line->name, out, in);
        end.refused |= (uint32_t)(out == STORE_REFUSED) << i;
    }
    return end;
}

static struct outcome
play(const struct script *s, unsigned order, enum trouble t, size_t when)
{
    const char *words = words_of(s, order, t, when);
    struct outcome o;

    begin();
    for (size_t i = 0; i < queued[0] + queued[1]; i++) {
        bool other = order >> i & 1;

        if (i == when && t == OPENER_STARTS)
            restart(a);
        if (i == when && t == OTHER_STARTS)
            restart(b);
        arrive(other ? b : a, other ? a : b, i == when && t == ANSWER_LOST);
    }
    o = compare(words, s->before);
    end();
    return o;
}

static unsigned
bits_of(unsigned n)
{
    unsigned bits = 0;

    for (; n != 0; n &= n - 1)
        bits++;
    return bits;
}

/* Every order; each trouble, at another place from one order to the next.
 * The order of arrival changes nothing, not even what is refused. */
static void
play_all(const struct script *s)
{
    const size_t n = (prepare(s), queued[0] + queued[1]);
    struct outcome first = { 0, 0 }, o;
    size_t orders = 0;

    for (unsigned order = 0; order < 1u << n; order++) {
        if (bits_of(order) != queued[1])
            continue;
        for (int t = NOTHING; t < TROUBLES; t++) {
            o = play(s, order, (enum trouble)t, orders % n);
            if (orders == 0 && t == NOTHING)
                first = o;
            cr_assert(o.state == first.state && o.refused == first.refused,
                "%s: state %u, not %u", words_of(s, order, (enum trouble)t,
                orders % n), (unsigned)o.state, (unsigned)first.state);
        }
        orders++;
    }
    cr_expect_eq(bits_of(first.refused), s->refusals, "%u refused",
        bits_of(first.refused));
    cr_expect_eq(first.state, s->state, "state %u", (unsigned)first.state);
    world_open(a);
    world_open(b);
}

Test(crossing, an_answer_crosses_questions_about_its_first_part)
{
    play_all(&scripts[0]);
}

Test(crossing, both_close_while_the_other_goes_on)
{
    play_all(&scripts[1]);
}

Test(crossing, the_opener_has_enough_when_the_last_answers_come)
{
    play_all(&scripts[2]);
}

Test(crossing, a_redirection_crosses_the_answer_to_a_question)
{
    play_all(&scripts[3]);
}

Test(crossing, a_disclosure_is_closed_while_the_other_side_asks)
{
    play_all(&scripts[4]);
}

Test(crossing, nothing_but_the_opening_message_has_arrived)
{
    play_all(&scripts[5]);
}

Test(crossing, a_refusal_crosses_the_word_that_was_asked_for)
{
    play_all(&scripts[6]);
}

Test(crossing, conditions_are_declined_while_others_take_their_place)
{
    play_all(&scripts[7]);
}

Test(crossing, a_request_is_withdrawn_while_it_cannot_be_kept_secret)
{
    play_all(&scripts[8]);
}
