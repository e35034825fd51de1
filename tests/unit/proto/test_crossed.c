/*
 * Messages that cross, on a model of two sides.  A side sends the next of its
 * script if its own fold allows it; messages travel in order; every
 * interleaving of sending, arriving and hearing of a refusal is tried.  At
 * the end both sides know the same messages, each in its own order of
 * arrival, and have the same state: it is folded anew each time, so a node
 * that starts again has nothing else to remember.
 */
#include "tests/unit/proto/states_fixture.h"

#define SCRIPT_MAX 3
#define PREFIX_MAX 6
#define KNOWN_MAX (2 * SCRIPT_MAX + PREFIX_MAX + 2)
enum { OPENER, OTHER };

struct line {
    uint16_t kind, qualifier;
};

struct side {
    struct fold_item known[KNOWN_MAX];
    size_t n;
    struct fold_item sent[SCRIPT_MAX];
    size_t n_sent, next, arrived;   /* arrived: of sent, at the other side */
    unsigned refused;               /* of sent, not heard of yet */
    uint32_t place;
};

static struct line scripts[2][SCRIPT_MAX];
static size_t script_len;
static uint8_t machine;
static bool refusing;               /* what is not allowed is not stored */
static enum step_consult consult;
static size_t ends, struck, refusals;

static struct fold_item *
newest(struct side *s, bool by_opener, uint16_t kind)
{
    struct fold_item *found = NULL;

    for (size_t i = 0; i < s->n; i++)
        if (s->known[i].ev.kind < STEP_EVENT_DELIVERED &&
            s->known[i].ev.by_opener == by_opener &&
            (kind == 0 || s->known[i].ev.kind == kind) &&
            (found == NULL || s->known[i].place >= found->place))
            found = &s->known[i];
    return found;
}

/* What each kind is about, the first that is there; kind 0: an own one. */
static const uint16_t aims[][3] = {
    { MESSAGE_KIND_CLARIFICATION_REPLY, MESSAGE_KIND_CLARIFICATION_REQUEST,
      MESSAGE_KIND_PRE_REFUSAL_CONSULT },
    { MESSAGE_KIND_CONDITIONS_DECISION, MESSAGE_KIND_CONDITIONS_OFFER,
      MESSAGE_KIND_CONSENT_DECISION },
    { MESSAGE_KIND_CONF_DECISION, MESSAGE_KIND_CONF_CANNOT_COMPLY, 0 },
    { MESSAGE_KIND_CONSENT_DECISION, MESSAGE_KIND_CONSENT_REQUEST, 0 },
    { MESSAGE_KIND_EXCULPATORY_RESPONSE, MESSAGE_KIND_EXCULPATORY_NOTICE,
      0 },
    { MESSAGE_KIND_RECALL_RESULT, MESSAGE_KIND_RECALL, 0 },
    { MESSAGE_KIND_RECEIPT, MESSAGE_KIND_EVIDENCE_TRANSFER, 0 },
};

static struct fold_item *
target_of(struct side *s, int who, uint16_t kind)
{
    struct fold_item *found = NULL;

    if (kind == MESSAGE_KIND_RECALL || kind == MESSAGE_KIND_CORRECTION ||
        kind == MESSAGE_KIND_RESTRICTION_UPDATE)
        return who == OPENER ? &s->known[0] : newest(s, false, KIND_REPLY);
    for (size_t i = 0; i < sizeof(aims) / sizeof(aims[0]); i++)
        for (int k = 1; aims[i][0] == kind && k < 3; k++)
            if (found == NULL && aims[i][k] != 0)
                found = newest(s, who != OPENER, aims[i][k]);
    if (found != NULL || kind == KIND_CLARIFICATION_REPLY)
        return found;
    if (who == OTHER)
        return &s->known[0];
    return newest(s, false, KIND_REPLY);
}

static void
fill(struct side *s, int who, struct line next, struct fold_item *item)
{
    struct fold_item *target = target_of(s, who, next.kind);
    struct fold_item *seen = newest(s, who != OPENER, 0);
    struct step_event *ev = &item->ev;

    *item = (struct fold_item){ .place = ++s->place };
    *ev = message(next.kind, next.qualifier, who == OPENER,
        (uint8_t)(10 + 100 * who + s->place), 0);
    ev->consult = (uint8_t)consult;
    ev->respond_by = ev->at + 1;
    ev->accepts = ev->used = true;
    ev->formal = newest(s, true, MESSAGE_KIND_FORMALISE_NOTICE) != NULL;
    if (next.kind == KIND_CLOSE && next.qualifier == CLOSE_REASON_EXPIRED)
        ev->at += 60 * DAY;
    if (target != NULL) {
        ev->has_target = true;
        memcpy(ev->target, target->ev.id, MSG_ID_LEN);
        ev->target_kind = target->ev.kind;
        ev->target_by_opener = target->ev.by_opener;
        ev->target_opening = target == &s->known[0];
    }
    memset(item->digest, ev->id[0], HASH_LEN);
    if (seen != NULL)
        memcpy(item->seen, seen->digest, HASH_LEN);
}

/* Whether a side that takes an item finds its place allowed. */
static bool
allows(const struct side *s, const struct fold_item *item)
{
    struct fold_item copy[KNOWN_MAX];
    struct thread_state t;

    memcpy(copy, s->known, sizeof(copy));
    copy[s->n] = *item;
    states_fold(&product, machine, copy, s->n + 1, &t);
    for (size_t i = 0; i <= s->n; i++)
        if (copy[i].ev.id[0] == item->ev.id[0])
            return copy[i].allowed;
    return false;
}

static void
send_next(struct side *s, int who)
{
    struct fold_item item;

    fill(s, who, scripts[who][s->next++], &item);
    if (allows(s, &item))
        s->sent[s->n_sent++] = s->known[s->n++] = item;
    else
        s->place--;
}

static void
arrive(struct side *from, struct side *to)
{
    struct fold_item *item = &from->sent[from->arrived++];

    if (!refusing || allows(to, item))
        to->known[to->n++] = *item;
    else
        from->refused |= 1u << (from->arrived - 1);
}

/* The first refusal is heard of, and the message is out. */
static void
hear(struct side *s)
{
    size_t k = 0, i;

    while ((s->refused >> k & 1) == 0)
        k++;
    s->refused &= s->refused - 1;
    for (i = 0; s->known[i].ev.id[0] != s->sent[k].ev.id[0]; i++)
        ;
    s->n--;
    memmove(&s->known[i], &s->known[i + 1],
        (s->n - i) * sizeof(s->known[0]));
    refusals++;
}

static void
compare(const struct side *a, const struct side *b)
{
    struct fold_item ia[KNOWN_MAX], ib[KNOWN_MAX];
    struct thread_state ta, tb;

    cr_assert_eq(a->n, b->n);
    memcpy(ia, a->known, sizeof(ia));
    memcpy(ib, b->known, sizeof(ib));
    states_fold(&product, machine, ia, a->n, &ta);
    states_fold(&product, machine, ib, b->n, &tb);
    cr_assert_eq(memcmp(&ta, &tb, sizeof(ta)), 0, "%s and %s",
        states_name(machine, ta.state), states_name(machine, tb.state));
    for (size_t i = 0; i < a->n; i++) {
        cr_assert_eq(ia[i].ev.id[0], ib[i].ev.id[0]);
        cr_assert_eq(ia[i].allowed, ib[i].allowed);
        struck += !ia[i].allowed;
    }
    ends++;
}

static void
explore(const struct side *opener, const struct side *other)
{
    const struct side *now[2] = { opener, other };
    bool moved = false;

    for (int who = OPENER; who <= OTHER; who++) {
        struct side s = *now[who], o = *now[!who];
        const struct side *a = who == OPENER ? &s : &o;
        const struct side *b = who == OPENER ? &o : &s;

        if (s.next < script_len) {
            moved = true;
            send_next(&s, who);
            explore(a, b);
            s = *now[who];
        }
        if (s.arrived < s.n_sent) {
            moved = true;
            arrive(&s, &o);
            explore(a, b);
            s = *now[who];
            o = *now[!who];
        }
        if (s.refused != 0) {
            moved = true;
            hear(&s);
            explore(a, b);
        }
    }
    if (!moved)
        compare(opener, other);
}

/* How a thread comes to a state; `who` of each line as a letter. */
struct prefix {
    uint8_t machine;
    const char *state, *who;
    struct line line[PREFIX_MAX];
};

#define ACK { KIND_RECEIPT, 0 }
#define ANSWER(type) { KIND_REPLY, REPLY_TYPE_##type }
#define SAYS(kind) { MESSAGE_KIND_##kind, 0 }
#define CODE(kind, code) { MESSAGE_KIND_##kind, code }

static const struct prefix prefixes[] = {
    { MR, "DELIVERED", "", { { 0, 0 } } },
    { MR, "ACKNOWLEDGED", "P", { ACK } },
    { MR, "ACKNOWLEDGED", "P", { { KIND_RECEIPT, CONF_ANSWER_TO_FOLLOW } } },
    { MR, "CLARIFYING", "PP", { ACK, SAYS(CLARIFICATION_REQUEST) } },
    { MR, "CONF_HOLD", "P", { SAYS(CONF_CANNOT_COMPLY) } },
    { MR, "ACKNOWLEDGED", "PO", { SAYS(CONF_CANNOT_COMPLY),
      CODE(CONF_DECISION, MODIFY) } },
    { MR, "CONSULTING", "PP", { ACK, SAYS(PRE_REFUSAL_CONSULT) } },
    { MR, "CONSULTING", "PPO", { ACK, SAYS(PRE_REFUSAL_CONSULT),
      SAYS(CLARIFICATION_REPLY) } },
    { MR, "CONSULTING", "PPO", { ACK, SAYS(CONDITIONS_OFFER),
      CODE(CONDITIONS_DECISION, COUNTER) } },
    { MR, "CONDITIONS_OFFERED", "PP", { ACK, SAYS(CONDITIONS_OFFER) } },
    { MR, "DELAYED", "PP", { ACK, CODE(DELAY_NOTICE, EXTENSION) } },
    { MR, "PARTIALLY_ANSWERED", "PP", { ACK, ANSWER(PARTIAL) } },
    { MR, "PARTIALLY_ANSWERED", "PPO", { ACK, ANSWER(PARTIAL),
      SAYS(CONSENT_REQUEST) } },
    { MR, "PARTIALLY_ANSWERED", "PPOP", { ACK, ANSWER(PARTIAL),
      SAYS(CONSENT_REQUEST), CODE(CONSENT_DECISION, 2) } },
    { MR, "PARTIALLY_ANSWERED", "PPP", { ACK, ANSWER(PARTIAL),
      SAYS(RECALL) } },
    { MR, "ANSWERED", "PP", { ACK, ANSWER(FULL) } },
    { MR, "ANSWERED_NEGATIVE", "PP", { ACK, ANSWER(NEGATIVE) } },
    { MR, "REFUSED", "PPOP", { ACK, SAYS(PRE_REFUSAL_CONSULT),
      SAYS(CLARIFICATION_REPLY), CODE(REFUSAL, ALL) } },
    { MR, "REDIRECTED", "PP", { ACK, ANSWER(REDIRECT) } },
    { MR, "FORMALISED", "PPO", { ACK, ANSWER(FULL),
      SAYS(FORMALISE_NOTICE) } },
    { MR, "FORMALISED", "PPOP", { ACK, ANSWER(FULL), SAYS(FORMALISE_NOTICE),
      SAYS(PRE_REFUSAL_CONSULT) } },
    { MR, "FORMALISED", "PPOP", { ACK, ANSWER(FULL), SAYS(FORMALISE_NOTICE),
      SAYS(CONDITIONS_OFFER) } },
    { MR, "WITHDRAWN", "PO", { ACK, SAYS(WITHDRAWAL) } },
    { MR, "CLOSED", "PPO", { ACK, ANSWER(FULL), SAYS(CLOSE) } },
    { MS, "DELIVERED", "", { { 0, 0 } } },
    { MS, "ACKNOWLEDGED", "P", { ACK } },
    { MS, "ACKNOWLEDGED", "PP", { ACK, SAYS(CONSENT_REQUEST) } },
    { MS, "ACKNOWLEDGED", "PO", { ACK, SAYS(RECALL) } },
    { MS, "FED_BACK", "PP", { ACK, SAYS(FEEDBACK) } },
    { MS, "WITHDRAWN", "PO", { ACK, SAYS(WITHDRAWAL) } },
    { MS, "CLOSED", "PO", { ACK, SAYS(CLOSE) } },
    { ME, "OFFERED", "", { { 0, 0 } } },
    { ME, "ACCEPTED", "P", { CODE(CONDITIONS_DECISION, ACCEPT) } },
    { ME, "DECLINED", "P", { CODE(CONDITIONS_DECISION, DECLINE) } },
    { ME, "TRANSFERRED", "PO", { CODE(CONDITIONS_DECISION, ACCEPT),
      SAYS(EVIDENCE_TRANSFER) } },
    { ME, "VERIFIED", "POP", { CODE(CONDITIONS_DECISION, ACCEPT),
      SAYS(EVIDENCE_TRANSFER), ACK } },
    { ME, "IN_USE", "POPP", { CODE(CONDITIONS_DECISION, ACCEPT),
      SAYS(EVIDENCE_TRANSFER), ACK, SAYS(FEEDBACK) } },
    { ME, "CLOSED", "PO", { CODE(CONDITIONS_DECISION, DECLINE),
      SAYS(CLOSE) } },
};
#define N_PREFIXES (sizeof(prefixes) / sizeof(prefixes[0]))

static void
begin(const struct prefix *p, struct side *s)
{
    static const uint16_t openings[] = { [MR] = KIND_INFO_REQUEST,
        [MS] = KIND_SPONT_DISCLOSURE,
        [ME] = MESSAGE_KIND_EVIDENCE_OFFER };
    struct fold_item copy[KNOWN_MAX];
    struct thread_state t;
    uint32_t places[2] = { 0, 0 };

    machine = p->machine;
    *s = (struct side){ .n = 2 };
    s->known[0].ev = message(openings[machine], 0, true, 1, 0);
    memset(s->known[0].digest, 1, HASH_LEN);
    s->known[1].ev = message(STEP_EVENT_DELIVERED, 0, false, 2, 0);
    for (size_t i = 0; p->who[i] != '\0'; i++) {
        int who = p->who[i] == 'O' ? OPENER : OTHER;

        s->place = places[who];
        fill(s, who, p->line[i], &s->known[s->n]);
        s->n++;
        places[who] = s->place;
    }
    s->place = p->who[0] == '\0' ? 0 : PREFIX_MAX;
    memcpy(copy, s->known, sizeof(copy));
    states_fold(&product, machine, copy, s->n, &t);
    cr_assert_str_eq(states_name(machine, t.state), p->state);
}

/* All kinds and codes that the tables of a machine give one side. */
static size_t
all_lines(uint8_t m, int who, struct line *out)
{
    const struct step *s;
    size_t n = 0, k;

    for (size_t i = 0; (s = states_row(&product, i)) != NULL; i++) {
        if (s->machine != m || s->kind >= STEP_EVENT_DELIVERED ||
            !(s->who & (who == OPENER ? STEP_OPENER : STEP_OTHER)))
            continue;
        for (k = 0; k < n; k++)
            if (out[k].kind == s->kind && out[k].qualifier == s->qualifier)
                break;
        if (k == n)
            out[n++] = (struct line){ s->kind, s->qualifier };
    }
    return n;
}

static void
every_pair(const struct prefix *p)
{
    struct line lines[2][96];
    struct side s;
    size_t n[2];

    begin(p, &s);
    n[OPENER] = all_lines(p->machine, OPENER, lines[OPENER]);
    n[OTHER] = all_lines(p->machine, OTHER, lines[OTHER]);
    for (size_t i = 0; i < n[OPENER]; i++)
        for (size_t k = 0; k < n[OTHER]; k++) {
            scripts[OPENER][0] = lines[OPENER][i];
            scripts[OTHER][0] = lines[OTHER][k];
            explore(&s, &s);
        }
}

Test(crossed, every_pair_ends_the_same_on_both_sides)
{
    script_len = 1;
    for (int how = 0; how < 4; how++) {
        refusing = how & 1;
        consult = how & 2 ? CONSULT_NEVER : CONSULT_ALWAYS;
        for (size_t i = 0; i < N_PREFIXES; i++)
            every_pair(&prefixes[i]);
    }
    cr_assert_gt(ends, 200000u, "%zu", ends);
    cr_assert_gt(struck, 0u);
    cr_assert_gt(refusals, 0u);
}

static const struct line opener_says[] = {
    SAYS(CLARIFICATION_REPLY), SAYS(WITHDRAWAL),
    CODE(CLOSE, CLOSE_REASON_ANSWERED), SAYS(FORMALISE_NOTICE),
    CODE(CONDITIONS_DECISION, ACCEPT), CODE(CONDITIONS_DECISION, DECLINE),
};
static const struct line other_says[] = {
    SAYS(CLARIFICATION_REQUEST), ANSWER(PARTIAL), ANSWER(FULL),
    SAYS(PRE_REFUSAL_CONSULT), SAYS(CONDITIONS_OFFER), CODE(REFUSAL, ALL),
    CODE(CLOSE, CLOSE_REASON_ANSWERED),
};
#define N_OPENER (sizeof(opener_says) / sizeof(opener_says[0]))
#define N_OTHER (sizeof(other_says) / sizeof(other_says[0]))

Test(crossed, two_of_each_side_end_the_same_on_both_sides)
{
    struct side s;

    script_len = 2;
    refusing = true;
    begin(&prefixes[1], &s);
    for (size_t i = 0; i < N_OPENER * N_OPENER * N_OTHER * N_OTHER; i++) {
        scripts[OPENER][0] = opener_says[i % N_OPENER];
        scripts[OPENER][1] = opener_says[i / N_OPENER % N_OPENER];
        scripts[OTHER][0] = other_says[i / (N_OPENER * N_OPENER) % N_OTHER];
        scripts[OTHER][1] = other_says[i / (N_OPENER * N_OPENER * N_OTHER)];
        explore(&s, &s);
    }
    cr_assert_gt(ends, 50000u, "%zu", ends);
    cr_assert_gt(refusals, 0u);
}

Test(crossed, three_of_each_side_end_the_same_on_both_sides)
{
    static const uint8_t pick[][6] = { { 0, 1, 2, 0, 1, 2 },
        { 0, 3, 1, 0, 1, 3 }, { 5, 0, 2, 4, 3, 5 }, { 4, 1, 2, 4, 3, 0 },
        { 0, 2, 3, 0, 1, 2 } };
    struct side s;

    script_len = 3;
    begin(&prefixes[1], &s);
    for (size_t i = 0; i < sizeof(pick) / sizeof(*pick); i++) {
        refusing = i & 1;
        for (int k = 0; k < 3; k++) {
            scripts[OPENER][k] = opener_says[pick[i][k]];
            scripts[OTHER][k] = other_says[pick[i][3 + k]];
        }
        explore(&s, &s);
    }
    cr_assert_gt(ends, 5000u, "%zu", ends);
    cr_assert_gt(struck, 0u);
}

Test(crossed, the_opener_comes_first_of_two)
{
    struct fold_item items[5] = { { .ev = message(KIND_REPLY,
        REPLY_TYPE_FULL, false, 5, 1), .place = 2, .digest = { 5 },
        .seen = { 1 } }, { .ev = message(KIND_WITHDRAWAL, 0, true, 4, 0),
        .place = 1, .digest = { 4 }, .seen = { 3 } },
        { .ev = message(KIND_RECEIPT, 0, false, 3, 1), .place = 1,
        .digest = { 3 }, .seen = { 1 } }, { .ev = message(KIND_INFO_REQUEST,
        0, true, 1, 0), .digest = { 1 } },
        { .ev = message(STEP_EVENT_DELIVERED, 0, false, 2, 0) } };
    struct thread_state t;

    states_fold(&product, MR, items, 5, &t);
    cr_assert_eq(t.state, REQUEST_WITHDRAWN);
    cr_assert_eq(items[3].ev.kind, KIND_WITHDRAWAL);
    cr_assert_eq(items[4].ev.kind, KIND_REPLY);
    cr_assert(items[3].allowed);
    cr_assert_not(items[4].allowed);
    cr_assert_eq(items[4].code, E_BAD_STATE);
}
