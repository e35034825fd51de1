/*
 * Every kind of message can be sent by its word: from what the thread says,
 * with the rest answered field by field as findings name it, to a sealed
 * message that the other side's thread takes.
 */
#define _GNU_SOURCE
#include <stdlib.h>

#include "cli/act/acknowledge.h"
#include "cli/command/commands.h"
#include "cli/form/known.h"
#include "cli/form/place.h"
#include "tests/unit/cli/world.h"

#define ANSWERS_MAX 400

static struct world w;
static struct json_people people;
static struct findings *l;
static struct composed *c;
static struct thread *side[2];          /* as each side has it */
static uint32_t places[2];
static struct run run;
static struct surroundings env;

static void
setup(void)
{
    cr_assert_geq(sodium_init(), 0);
    w.wide = true;
    world_make(&w);
    people = (struct json_people){ world_find, world_label, &w };
    cr_assert_not_null(l = calloc(1, sizeof(*l)));
    cr_assert_not_null(c = calloc(1, sizeof(*c)));
    env = (struct surroundings){ .in = stdin, .out = stdout, .err = stderr,
        .now = WORLD_NOW, .domain = &domain_valise,
        .commands = commands_all };
    run = (struct run){ .env = &env, .c = &command_ack };
    out_init(&run.err, stderr, OUT_NEVER);
    run.set[0] = "CAN_COMPLY";
}

static void
teardown(void)
{
    free(l);
    free(c);
    world_free(&w);
}

TestSuite(acts, .init = setup, .fini = teardown);

/* What somebody types, by the name of the field, else by its type. */
static const struct { const char *name, *text; } answers[] = {
    { "legal_basis", "EGMONT" }, { "ground", "RG_WOULD_IMPEDE" },
    { "refusal_ground", "CG_SOURCE_RISK" }, { "accused_ref", "a-1" },
    { "currency", "USD" }, { "amount", "1000.00" }, { "planned", "+90h" },
    { "witnessed_by", "QN-FIU/o-3" }, { "new_due", "+30d" },
    { "review_at", "+60d" }, { "disclosed_at", "+0h" },
    { "reply_requested_by", "+21d" }, { "respond_by", "+14d" },
    { "expected_at", "+20d" }, { "state", "QM" }, { "code", NULL },
    { "use_level", "INTELLIGENCE_ONLY" }, { "required", "no" },
    { "close_reason", "ANSWERED" }, { "reply_type", "FULL" },
    { "onward_to", "QO-PPO" }, { "changed", "use_until" },
    { "subjects", "" },
    { "a", "yes" }, { "b", "yes" }, { "c", "yes" }, { "d", "yes" },
    { "e", "yes" }, { "f", "yes" },
    { "source_eval", "A" }, { "info_eval", "2" }, { "pack_digest",
    "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff" },
};

static const char *
by_type(const struct field *f)
{
    switch ((int)f->type) {
    case FT_ENUM:
        return f->en->codes[0].name;
    case FT_BOOL:
        return "no";
    case FT_TIME:
        return "+10d";
    case FT_UINT:
        return "1";
    case FT_TOKEN:
        return "q1";
    case FT_ID:
        return "QM-2027-1";
    case FT_AUTHORITY:
        return "QO-PPO";
    case FT_PARTY:
        return "QO-PPO";
    case FT_COUNTRY:
        return "QO";
    case FT_LANG:
        return "en";
    case FT_DATE:
        return "2027-01-02";
    case FT_LINE:
        return "a line of words";
    default:
        return "A text that says what is meant, in more than eighty "
            "characters, so that it is long enough for every field.";
    }
}

static const char *
answer_to(const struct field *f)
{
    /* That of every kind of thread. */
    if (f->en == &enum_ground)
        return "RG_CLASSIFICATION";
    for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
        if (strcmp(answers[i].name, f->name) == 0 &&
            answers[i].text != NULL)
            return answers[i].text;
    }
    return by_type(f);
}

struct way {
    struct compose_opts o;
    struct known k;
    struct mail mail;
};

/* The facts, as the command puts them. */
static enum err
put_facts(void *arg, struct message *m, struct findings *found)
{
    struct way *x = arg;

    if (x->k.act->kind == KIND_RECEIPT &&
        acknowledge_fill(&run, &x->o, &x->mail, &(struct file_check){
            .done = false }, m) != OK)
        return E_FIELD_MISSING;
    /* What destroy says of its entry. */
    if (x->k.act->kind == KIND_DESTRUCTION_CERT)
        world_uint(&w, m->own, "audit_entry", 7);
    if (x->k.act->kind == KIND_RESTRICTION_UPDATE)
        world_uint(&w, record_rec(m->common, "restrictions"), "use_until",
            WORLD_NOW + 30 * 86400);
    return known_facts(&x->k, m, found);
}

/* Compose what m says so far. */
static enum err
try(struct way *x, const struct message *m, bool trial)
{
    const struct json_opts json = { &domain_valise, WORLD_NOW, &people };
    struct emit to;
    struct buf b;
    enum err e;

    memset(l, 0, sizeof(*l));
    memset(c, 0, sizeof(*c));
    c->l = l;
    x->o.trial = trial;
    buf_init(&b, JSON_MAX);
    emit_start(&to, &b, true);
    json_write(m, &json, &to);
    cr_assert_eq(buf_done(&b), OK);
    if ((e = compose_form(&x->o, slice_of_buf(&b), c)) == OK)
        e = compose_finish(&x->o, c);
    buf_clear(&b);
    return e;
}

/* Answer what is asked until nothing is. */
static void
answer_all(struct way *x, struct message *m)
{
    const struct json_opts json = { &domain_valise, WORLD_NOW, &people };
    const char *word = x->k.act->word;
    size_t n = 0;

    while (try(x, m, true) != OK) {
        struct findings bad = { .n = 0 };
        struct place p;

        cr_assert_gt(l->n, 0, "%s", word);
        cr_assert(n++ < ANSWERS_MAX && l->v[0].fault.e != E_BAD_STATE &&
            place_find(w.a, m, l->v[0].fault.path, &p), "%s: %s %s: %s",
            word, err_row(l->v[0].fault.e)->name, l->v[0].fault.path,
            l->v[0].hint);
        if (p.f->type == FT_RECORD)
            cr_assert_eq(place_next(w.a, &p), OK);
        else
            cr_assert_eq(place_put(w.a, &p, slice_str(answer_to(p.f)),
                &json, &bad), OK);
        cr_assert_eq(bad.n, 0, "%s: %s %s", word, p.path, answer_to(p.f));
    }
}

/* The sealed message goes to both threads. */
static void
deliver(size_t from, struct slice sealed)
{
    struct thread_message m = { .at = WORLD_NOW, .delivered = WORLD_NOW };
    struct thread_state state;
    struct envelope e;
    struct buf head;

    buf_init(&head, CONTROL_MAX + 1024);
    cr_assert_eq(envelope_decode(sealed, &e, NULL), OK);
    cr_assert_eq(envelope_put_head(&e, &head), OK);
    cr_assert_eq(arena_copy(w.a, slice_of_buf(&head), &m.head), OK);
    buf_clear(&head);
    places[from]++;
    for (size_t i = 0; i < 2; i++) {
        m.out = i == from;
        m.place = places[from];
        cr_assert_eq(thread_add(side[i], &m, NULL), OK);
        cr_assert_eq(thread_fold(side[i], &state), OK);
        cr_expect(thread_at(side[i], thread_count(side[i]) - 1)->allowed);
    }
}

static void
look_up(size_t who, struct way *x, struct thread_state *state)
{
    const struct world_side *s = &w.side[who];
    const struct kind *kind = domain_kind(&domain_valise, x->k.act->kind);
    const bool opens = (kind->flags & K_OPENS) != 0;

    cr_assert_eq(thread_fold(side[who], state), OK);
    x->o = (struct compose_opts){ .a = w.a, .domain = &domain_valise,
        .directory = s->d, .people = &people, .own = slice_str(s->name),
        .author = s->o[2].key, .now = WORLD_NOW, .complete = put_facts,
        .arg = x };
    x->k.o = &x->o;
    x->k.to = slice_str(w.side[1 - who].name);
    if (opens)
        return;
    x->o.thread = side[who];
    x->o.target = acts_aim(x->k.act, side[who], state,
        thread_opening(side[who]));
    x->k.state = state;
    cr_assert_not_null(x->o.target);
    cr_expect(acts_allowed(x->k.act, &(struct acts_try){ &domain_valise,
        side[who], state, x->o.target, WORLD_NOW }), "%s", x->k.act->word);
    x->mail = (struct mail){ .m = x->o.target->m,
        .row = record_new(w.a, &record_ask_message),
        .state = MESSAGE_STATE_OPENED };
}

static void
act(size_t who, const char *word)
{
    struct way x = { .k.act = acts_find(&domain_valise, word) };
    struct thread_state state;
    struct message m;
    struct buf sealed;

    cr_assert_not_null(x.k.act, "%s", word);
    look_up(who, &x, &state);
    memset(l, 0, sizeof(*l));
    cr_assert_eq(known_begin(&x.k, &m, l), OK, "%s: %s", word,
        l->n > 0 ? l->v[0].fault.path : "");
    answer_all(&x, &m);
    cr_assert_eq(try(&x, &m, true), OK, "%s", word);
    buf_init(&sealed, ENVELOPE_MAX);
    cr_assert_eq(compose_seal(&x.o, c, &sealed), OK, "%s", word);
    deliver(who, slice_of_buf(&sealed));
    buf_clear(&sealed);
}

static const struct rec *
card_of(size_t who)
{
    return directory_find(w.side[who].d, TRUST_CARD,
        slice_str(w.side[who].name), 0, NULL);
}

/* "0request 1ack": who does what, from an empty thread on. */
static void
play(const char *steps)
{
    char text[256], *at = text, *step;

    for (size_t i = 0; i < 2; i++) {
        cr_assert_eq(thread_new(w.a, &domain_valise, &side[i]), OK);
        thread_cards(side[i], card_of(i), card_of(1 - i));
    }
    memset(places, 0, sizeof(places));
    (void)snprintf(text, sizeof(text), "%s", steps);
    while ((step = strsep(&at, " ")) != NULL)
        act((size_t)(step[0] - '0'), step + 1);
}

static const char *const stories[] = {
    "0disclosure", "0request", "0consultation", "0question",
    "0request 1ack 1reply", "0request 1ack 1no-trace",
    "0request 1ack 1interim 1partial", "0request 1ack 1redirect",
    "0request 1ack 1negative 1supplement",
    "0request 1ack 1clarify 0clarification",
    "0request 1ack 1pre-refusal 0clarification",
    "0consultation 1ack 1pre-refusal 0clarification 1refuse",
    "0consultation 1ack 1pre-refusal 0clarification 1postpone",
    "0request 1ack 1conditions 0accept",
    "0request 1ack 1conditions 0decline",
    "0request 1ack 1conditions 0counter",
    "0request 1ack 1refuse", "0request 1ack 1refuse-parts",
    "0request 1ack 1delay", "0request 1ack 1postpone",
    "0request 1cannot-comply 0conf-decision",
    "0disclosure 1consent-request 0consent-refuse",
    "0disclosure 1consent-request 0need-info",
    "0disclosure 1exculpatory 0exculpatory-response",
    "0request 1ack 0remind 1status", "0disclosure 1ack 1feedback",
    "0request 1ack 0withdraw", "0consultation 1ack 1reply 0formalise",
    "0disclosure 0restrict", "0disclosure 0recall 1recall-result",
    "0disclosure 0recall 1certify", "0disclosure 0correct",
    "0disclosure 1breach", "0disclosure 1ack 0close",
};

/* Kinds whose sender must first have proofs that no thread of a test holds:
 * `valise consent` and `valise forward` make them; and evidence, whose files
 * must be at the node: tests/scenario/50-offer.sh. */
static const unsigned elsewhere[] = { KIND_CONSENT_REVOKE,
    KIND_ONWARD_TRANSFER, KIND_EVIDENCE_OFFER, KIND_EVIDENCE_TRANSFER };

static bool
is_elsewhere(unsigned kind)
{
    for (size_t i = 0; i < sizeof(elsewhere) / sizeof(elsewhere[0]); i++) {
        if (elsewhere[i] == kind)
            return true;
    }
    return false;
}

/* Whether a story ends with an act of this kind, or has one on its way. */
static bool
is_told(unsigned kind)
{
    for (size_t i = 0; i < sizeof(stories) / sizeof(stories[0]); i++) {
        char text[256], *at = text, *step;

        (void)snprintf(text, sizeof(text), "%s", stories[i]);
        while ((step = strsep(&at, " ")) != NULL) {
            if (acts_find(&domain_valise, step + 1)->kind == kind)
                return true;
        }
    }
    return false;
}

Test(acts, every_word_leads_to_a_message_that_both_sides_take)
{
    for (size_t i = 0; i < sizeof(stories) / sizeof(stories[0]); i++)
        play(stories[i]);
}

Test(acts, every_kind_of_the_table_can_be_sent_by_a_word)
{
    for (size_t i = 0; i < domain_valise.n_kinds; i++) {
        const struct kind *k = &domain_valise.kinds[i];
        const struct acts_row *a = acts_find(&domain_valise, k->name);

        cr_assert_not_null(a, "%s has no word", k->name);
        cr_expect_eq(a->kind, k->n);
        cr_assert_not_null(acts_find(&domain_valise, k->form), "%s",
            k->form);
        cr_expect_eq(acts_find(&domain_valise, k->form)->kind, k->n, "%s",
            k->form);
        cr_expect(is_told(k->n) != is_elsewhere(k->n), "%s is %s", k->name,
            is_told(k->n) ? "told" : "not sent in any story");
    }
}

Test(acts, every_word_stands_once_and_is_of_a_kind)
{
    for (const struct acts_row *a = acts_all; a->word != NULL; a++) {
        cr_expect_eq(acts_find(&domain_valise, a->word), a, "%s", a->word);
        cr_expect_not_null(domain_kind(&domain_valise, a->kind), "%s",
            a->word);
        cr_expect_not_null(a->help);
        cr_expect_gt(a->rule, 0, "%s", a->word);
        cr_expect(a->turned == NULL ||
            acts_find(&domain_valise, a->turned) != NULL);
    }
    cr_expect_null(acts_find(&domain_valise, "sing"));
}

/* A message that the word begins, outside a thread. */
static struct message
begun(const struct acts_row *a)
{
    struct way x = { .k.act = a };
    struct message m;

    x.o = (struct compose_opts){ .a = w.a, .domain = &domain_valise,
        .directory = w.side[0].d, .people = &people,
        .own = slice_str(w.side[0].name), .now = WORLD_NOW };
    x.k.o = &x.o;
    memset(l, 0, sizeof(*l));
    cr_assert_eq(known_begin(&x.k, &m, l), OK, "%s", a->word);
    return m;
}

Test(acts, what_a_word_says_is_what_the_table_of_states_reads)
{
    for (const struct acts_row *a = acts_all; a->word != NULL; a++) {
        const struct message m = begun(a);
        struct step_event ev;

        states_event(&m, true, &ev);
        if (a->qualifier != 0 && a->values != NULL)
            cr_expect_eq(ev.qualifier, a->qualifier, "%s: %u", a->word,
                (unsigned)ev.qualifier);
    }
}

Test(acts, every_option_and_text_of_a_word_fills_a_field_of_its_form)
{
    for (const struct acts_row *a = acts_all; a->word != NULL; a++) {
        const struct acts_option *o = a->options;
        const struct command *own = command_of_act(commands_all,
            a->word);
        const struct message m = begun(a);
        struct place p;

        cr_expect(a->text == NULL || (place_find(w.a, &m, a->text, &p) &&
            p.f->type == FT_TEXT), "%s: %s", a->word, a->text);
        for (; o != NULL && o->option != NULL; o++) {
            bool there = own == NULL;

            cr_expect(o->path == NULL || (place_any(w.a, &m, o->path, &p) &&
                p.f->type != FT_TEXT && p.f->type != FT_LINE), "%s: %s",
                a->word, o->path);
            cr_expect(o->path != NULL || acts_find(&domain_valise,
                o->option) != NULL, "%s", o->option);
            for (size_t i = 0; !there && command_option_row(own, i) != NULL;
                i++)
                there = strcmp(command_option_row(own, i)->name,
                    o->option) == 0;
            cr_expect(there, "%s has no --%s", a->word, o->option);
        }
    }
}

Test(acts, a_negative_answer_lacks_only_where_it_was_looked_for)
{
    struct way x = { .k.act = acts_find(&domain_valise, "no-trace") };
    struct thread_state state;
    const struct rec *set;
    struct message m;

    play("0request 1ack");
    look_up(1, &x, &state);
    memset(l, 0, sizeof(*l));
    cr_assert_eq(known_begin(&x.k, &m, l), OK);
    cr_expect_eq(try(&x, &m, true), E_REPLY);
    cr_expect_eq(l->n, 1);
    cr_expect_str_eq(l->v[0].fault.path, "body.searched");
    cr_expect_eq(record_uint(record_value(m.own, "answers")->v[0].r,
        "status"), ANSWER_STATUS_NOT_HELD);
    set = record_rec(m.common, "restrictions");
    cr_expect_eq(record_uint(set, "use_level"),
        USE_LEVEL_INTELLIGENCE_ONLY);
    cr_expect(record_has(record_rec(set, "conf"), "required"));
    cr_expect_gt(record_count(set, "legal_basis"), 0);
}

Test(acts, a_refusal_names_the_consultation_and_its_grounds)
{
    struct way x = { .k.act = acts_find(&domain_valise, "refuse") };
    struct thread_state state;
    struct message m;

    play("0consultation 1ack 1pre-refusal 0clarification");
    look_up(1, &x, &state);
    memset(l, 0, sizeof(*l));
    cr_assert_eq(known_begin(&x.k, &m, l), OK);
    cr_expect(slice_equal(record_bytes(m.own, "consult_msg"),
        message_bytes(&thread_at(side[1], 2)->m, "msg_id")));
    cr_expect_eq(record_uint(record_value(m.own, "grounds")->v[0].r,
        "ground"), GROUND_RG_CLASSIFICATION);
}

Test(acts, a_delay_knows_when_it_was_due_and_a_revision_what_it_changes)
{
    struct way x = { .k.act = acts_find(&domain_valise, "delay") };
    struct thread_state state;
    struct message m;

    play("0request 1ack");
    look_up(1, &x, &state);
    memset(l, 0, sizeof(*l));
    cr_assert_eq(known_begin(&x.k, &m, l), OK);
    cr_expect_eq(record_uint(m.own, "original_due"),
        WORLD_NOW + 21 * 86400);
    play("0disclosure");
    x.k.act = acts_find(&domain_valise, "restrict");
    look_up(0, &x, &state);
    cr_assert_eq(known_begin(&x.k, &m, l), OK);
    cr_assert_eq(known_facts(&x.k, &m, l), OK);
    cr_expect_eq(record_count(m.own, "changed"), 0);
    world_uint(&w, record_rec(m.common, "restrictions"), "use_until",
        WORLD_NOW + 86400);
    cr_assert_eq(known_facts(&x.k, &m, l), OK);
    cr_expect_eq(record_count(m.own, "changed"), 1);
    cr_expect(record_lists(m.own, "changed", LIMIT_use_until));
}

/* What is corrected is under the limits that it had. */
Test(acts, a_correction_starts_with_the_limits_of_what_it_corrects)
{
    struct way x = { .k.act = acts_find(&domain_valise, "correct") };
    static const char *const limits[] = { "use_level", "export",
        "attribution", "accept_first", "retain_until" };
    const struct rec *old, *set;
    struct thread_state state;
    struct message m;

    play("0disclosure 1ack");
    look_up(0, &x, &state);
    memset(l, 0, sizeof(*l));
    cr_assert_eq(known_begin(&x.k, &m, l), OK);
    set = record_rec(m.common, "restrictions");
    old = record_rec(thread_opening(side[0])->m.common, "restrictions");
    for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
        cr_expect(record_has(set, limits[i]), "%s", limits[i]);
        cr_expect_eq(record_uint(set, limits[i]),
            record_uint(old, limits[i]), "%s", limits[i]);
    }
}

Test(acts, a_form_that_says_something_else_than_the_word_is_refused)
{
    struct way x = { .k.act = acts_find(&domain_valise, "reply") };
    struct thread_state state;
    struct message m;

    play("0request 1ack");
    look_up(1, &x, &state);
    cr_assert_eq(known_begin(&x.k, &m, l), OK);
    world_uint(&w, m.own, "reply_type", REPLY_TYPE_FULL);
    x.k.act = acts_find(&domain_valise, "no-trace");
    cr_expect_neq(try(&x, &m, true), OK);
    cr_expect_str_eq(l->v[0].fault.path, "body.reply_type");
    cr_expect_not_null(strstr(l->v[0].hint, "no-trace sends NEGATIVE"));
}

Test(acts, what_the_state_does_not_allow_is_not_offered)
{
    struct thread_state state;
    const char *const never[] = { "reply", "ack", "delay", "refuse",
        "withdraw", "conditions", "accept", "clarification" };

    play("0request 1ack 1reply 0close");
    cr_assert_eq(thread_fold(side[0], &state), OK);
    for (size_t i = 0; i < sizeof(never) / sizeof(never[0]); i++) {
        const struct acts_row *a = acts_find(&domain_valise, never[i]);
        const struct acts_try t = { &domain_valise, side[0], &state,
            acts_aim(a, side[0], &state, thread_opening(side[0])),
            WORLD_NOW };

        /* Its answer may still be acknowledged. */
        cr_expect_eq(acts_allowed(a, &t), strcmp(never[i], "ack") == 0,
            "%s", never[i]);
    }
}

Test(acts, an_act_is_about_the_message_that_waits_for_it)
{
    const struct acts_row *a = acts_find(&domain_valise, "clarification");
    const struct thread_message *m;
    struct thread_state state;

    play("0request 1ack 1clarify 0clarification 1clarify");
    cr_assert_eq(thread_fold(side[0], &state), OK);
    m = acts_aim(a, side[0], &state, thread_opening(side[0]));
    cr_assert_not_null(m);
    cr_expect_eq(m, thread_at(side[0], thread_count(side[0]) - 1));
    cr_expect(acts_suits(a, side[0], &state, m));
    cr_expect(!acts_suits(a, side[0], &state, thread_opening(side[0])));
    /* The one that was answered, where it is meant, is not asked again. */
    cr_expect_eq(acts_aim(a, side[0], &state, thread_at(side[0], 2)), m);
}

/* What is named is meant; another only where its kind never is. */
Test(acts, no_other_message_takes_the_place_of_the_one_that_was_named)
{
    static const struct {
        const char *word;
        size_t meant;               /* place in the thread */
        enum acts_about why;
        size_t about;
    } all[] = {
        { "ack", 0, ACTS_ANSWERED, 2 }, { "ack", 2, ACTS_ABOUT, 2 },
        { "ack", 1, ACTS_OTHER, 2 }, { "feedback", 0, ACTS_ABOUT, 0 },
        { "feedback", 2, ACTS_ABOUT, 2 }, { "feedback", 1, ACTS_OTHER, 2 },
        { "consent-request", 3, ACTS_OTHER, 2 },
        { "remind", 1, ACTS_ABOUT, 0 }, { "status", 0, ACTS_ABOUT, 3 },
    };
    struct thread_state state;

    play("0disclosure 1ack 0correct 0remind");
    cr_assert_eq(thread_fold(side[1], &state), OK);
    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        const struct acts_row *a = acts_find(&domain_valise, all[i].word);
        const struct acts_try x = { &domain_valise, side[1], &state,
            thread_at(side[1], all[i].meant), WORLD_NOW };
        const struct thread_message *about;

        cr_expect_eq(acts_about(a, &x, &about), all[i].why, "%zu", i);
        cr_expect_eq(about, thread_at(side[1], all[i].about), "%zu", i);
    }
}

Test(acts, a_field_of_several_is_found_by_any_of_its_names)
{
    char path[FAULT_PATH_MAX + 1];

    cr_expect(place_choose("body.a[0].iban|account_number bic",
        slice_str("bic"), path));
    cr_expect_str_eq(path, "body.a[0].account_number bic");
    cr_expect(place_choose("iban|account_number bic", slice_str("iban"),
        path));
    cr_expect_str_eq(path, "iban");
    cr_expect(!place_choose("iban|bic", slice_str("b"), path));
    cr_expect(!place_choose("iban", slice_str("iban"), path));
}

Test(acts, what_the_limits_leave_no_room_for_is_not_offered)
{
    const struct slice own = slice_str(w.side[0].name);
    const struct slice other = slice_str(w.side[1].name);
    const struct acts_row *recall = acts_find(&domain_valise, "recall");
    struct rec *set;

    play("0disclosure");
    set = record_rec(thread_opening(side[0])->m.common, "restrictions");
    cr_expect(acts_fits(recall, set, own, OK));
    cr_expect(!acts_fits(recall, set, other, OK));
    cr_expect(!acts_fits(recall, NULL, own, OK));
    /* What it passed on it may call back, and not loosen. */
    cr_assert_eq(record_put_bytes(w.a, set, "derived_from",
        message_bytes(&thread_opening(side[0])->m, "msg_id")), OK);
    cr_expect(acts_fits(recall, set, other, OK));
    cr_expect(acts_fits(acts_find(&domain_valise, "restrict"), set, other,
        OK));
    cr_expect(!acts_fits(acts_find(&domain_valise, "loosen"), set, other,
        OK));
    record_drop(set, "derived_from");
    record_drop(set, "recallable");
    cr_expect(!acts_fits(recall, set, own, OK));
    cr_expect(!acts_fits(acts_find(&domain_valise, "consent-request"), set,
        own, OK));
    cr_expect(acts_fits(acts_find(&domain_valise, "consent-request"), set,
        other, OK));
    cr_expect(!acts_fits(acts_find(&domain_valise, "certify"), set, other,
        OK));
    cr_expect(acts_fits(acts_find(&domain_valise, "certify"), set, other,
        E_DESTROYED));
    cr_expect(acts_fits(acts_find(&domain_valise, "ack"), NULL, own,
        OK));
    /* What nobody opens nobody reads first. */
    cr_expect(!acts_fits(acts_find(&domain_valise, "ack"), NULL, own,
        E_SEALED));
    cr_expect(!acts_fits(acts_find(&domain_valise, "certify"), set, other,
        E_SEALED));
}

/* V-041 and the defaults of domain 3.3: by the kind of the proceeding. */
Test(acts, the_terms_of_an_offer_follow_its_proceeding)
{
    static const struct { unsigned kind; bool party, first; unsigned told; }
        all[] = {
        { PROCEEDING_KIND_CRIMINAL, false, false, SUBJECT_NOTICE_CONSENT },
        { PROCEEDING_KIND_CRIMINAL, true, false, SUBJECT_NOTICE_ALLOWED },
        { PROCEEDING_KIND_CIVIL, false, true, SUBJECT_NOTICE_ALLOWED },
        { PROCEEDING_KIND_ADMINISTRATIVE, false, true,
          SUBJECT_NOTICE_ALLOWED },
    };
    struct way x = { .k.act = acts_find(&domain_valise, "offer") };

    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        struct message m = begun(x.k.act);
        struct rec *set = record_rec(m.common, "restrictions"), *r;

        x.o = (struct compose_opts){ .a = w.a, .domain = &domain_valise,
            .directory = w.side[0].d, .people = &people,
            .own = slice_str(w.side[0].name), .now = WORLD_NOW };
        x.k.o = &x.o;
        cr_expect_not(record_has(set, "accept_first"), "nothing is said");
        cr_expect_not(record_has(set, "subject_notice"));
        r = record_new(w.a, record_field(m.own->schema, "proceeding")->rec);
        world_uint(&w, r, "kind", all[i].kind);
        cr_assert_eq(record_put_rec(w.a, m.own, "proceeding", r), OK);
        r = record_rec(set, "onward");
        if (all[i].party)
            cr_assert_eq(record_put_bytes(w.a, r, "allow",
                slice_str("OTHER_PARTY:P-1")), OK);
        cr_assert_eq(known_facts(&x.k, &m, l), OK);
        cr_expect_eq(record_uint(set, "accept_first"), all[i].first, "%zu",
            i);
        cr_expect_eq(record_uint(set, "subject_notice"), all[i].told, "%zu",
            i);
        /* What the officer says stands; the rule asks whether it may. */
        world_uint(&w, set, "accept_first", 0);
        cr_assert_eq(known_facts(&x.k, &m, l), OK);
        cr_expect_eq(record_uint(set, "accept_first"), 0);
    }
}
