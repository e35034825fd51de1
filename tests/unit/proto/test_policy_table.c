/*
 * Every act under every value of every limit, in and out of scope, typed
 * from the specification and not from the code.
 */
#define _GNU_SOURCE
#include <criterion/criterion.h>

#include "proto/policy.h"
#include "tests/unit/proto/limits_sample.h"

#define NOW (SAMPLE_TIME + 100)
#define LATER (NOW + 1)

enum {
    NAMED_READER = 1,   /* the reader is among the officers named */
    ACCEPTED = 2,
    FILES = 4,          /* states the purpose REGISTRATION */
    AUDITOR = 8,
    OWN = 16,
    KEEPS_LONG = 32,    /* to keep it past retain_until */
    DEPUTY = 64,
    PROSECUTOR = 128,   /* the recipient's card says so */
};

/*
 * Answers: yes, ask, no, for send, receive; open, print, export, quote, use,
 * forward, hand over, formalise; tell, name, keep.  Without more the set is
 * as loose as can be, the purpose is allowed, there is no proceeding, and the
 * recipient is an authority of the own State.
 */
static const struct {
    const char *field;      /* "onward.mode", "conf.until"; NULL none */
    uint64_t v;
    const char *words;      /* of a list, instead of v */
    uint64_t level;         /* use_level; 0 EVIDENCE_PURPOSE */
    const char *to;         /* NULL "QM-CA"; a court and the like is listed */
    const char *proceeding;
    unsigned facts;
    const char *answers;
} rows[] = {
    { NULL, 0, NULL, 0, NULL, NULL, 0, "yy yyyyyyyy yyy" },
    { NULL, 0, NULL, 0, NULL, NULL, AUDITOR, "yy nnnnnnnn nnn" },

    { "originator", 0, "QN-FIU QO-FIU", 0, NULL, NULL, 0,
      "yy yyyyyyyy yyy" },
    { "audience", AUDIENCE_NAMED, NULL, 0, NULL, NULL, 0,
      "yy nnnnnnnn nnn" },
    { "audience", AUDIENCE_NAMED, NULL, 0, NULL, NULL, NAMED_READER,
      "yy yyyyyyyy yyy" },
    { "audience", AUDIENCE_NAMED, NULL, 0, NULL, NULL, DEPUTY,
      "yy yyyyyyyy yyy" },
    { "audience", AUDIENCE_AUTHORITY, NULL, 0, NULL, NULL, 0,
      "yy yyyyyyyy yyy" },
    { "named_officers", 0, "", 0, NULL, NULL, 0, "yy yyyyyyyy yyy" },

    { "purposes", PURPOSE_ANALYSIS, NULL, 0, NULL, NULL, 0,
      "yy yyyyyyyy yyy" },
    { "purposes", PURPOSE_TAX_ASSESSMENT, NULL, 0, NULL, NULL, 0,
      "yy aaaaaaaa yyy" },
    { "purposes", PURPOSE_TAX_ASSESSMENT, NULL, 0, "QN-FIU", NULL, 0,
      "yy aaayaaay yyy" },
    { NULL, 0, NULL, 0, NULL, NULL, FILES, "yy nnnnnnnn yyy" },

    { "use_level", USE_LEVEL_INTELLIGENCE_ONLY, NULL, 0, NULL, NULL, 0,
      "yy yyyayyya yyy" },
    { "use_level", USE_LEVEL_INTELLIGENCE_ONLY, NULL, 0, NULL, "P-1", 0,
      "yy yaaaayya yyy" },
    { "use_level", USE_LEVEL_INTELLIGENCE_ONLY, NULL, 0, "QN-FIU", NULL, 0,
      "yy yyyyyyyy yyy" },
    { "use_level", USE_LEVEL_INTELLIGENCE_ONLY, NULL, 0, NULL, NULL,
      PROSECUTOR, "yy yyyayaaa yyy" },
    { "use_level", USE_LEVEL_INVESTIGATIVE, NULL, 0, NULL, NULL, PROSECUTOR,
      "yy yyyyyyyy yyy" },
    { "use_level", USE_LEVEL_INVESTIGATIVE, NULL, 0, NULL, NULL, 0,
      "yy yyyyyyyy yyy" },
    { "use_level", USE_LEVEL_INVESTIGATIVE, NULL, 0, NULL, "P-1", 0,
      "yy yaaaayyy yyy" },
    { "use_level", USE_LEVEL_EVIDENCE_LISTED, NULL, 0, NULL, NULL, 0,
      "yy yyyyyyyy yyy" },
    { "use_level", USE_LEVEL_EVIDENCE_PURPOSE, NULL, 0, NULL, "P-1", 0,
      "yy yyyyyyyy yyy" },
    { "proceedings", 0, "P-1", USE_LEVEL_EVIDENCE_LISTED, NULL, "P-1", 0,
      "yy yyyyyyyy yyy" },
    { "proceedings", 0, "P-2", USE_LEVEL_EVIDENCE_LISTED, NULL, "P-1", 0,
      "yy yaaaaaaa yyy" },
    { "proceedings", 0, "", USE_LEVEL_EVIDENCE_LISTED, NULL, "P-1", 0,
      "yy yaaaaaaa yyy" },

    { "actions", ACTIONS_NONE, NULL, 0, NULL, NULL, 0, "yy yyyyyyyy yyy" },
    { "actions", ACTIONS_PASSIVE, NULL, 0, NULL, NULL, 0,
      "yy yyyyyyyy yyy" },
    { "actions", ACTIONS_DISCREET, NULL, 0, NULL, NULL, 0,
      "yy yyyyyyyy yyy" },
    { "actions", ACTIONS_OVERT, NULL, 0, NULL, NULL, 0, "yy yyyyyyyy yyy" },

    { "onward.mode", ONWARD_NEVER, NULL, 0, NULL, NULL, 0,
      "yy yyynynnn yyy" },
    { "onward.mode", ONWARD_NEVER, NULL, 0, "", NULL, 0,
      "yy yyyyynny yyy" },
    { "onward.mode", ONWARD_NEVER, NULL, 0, "QN-FIU", NULL, 0,
      "yy yyyyyyyy yyy" },
    { "onward.mode", ONWARD_NEVER, NULL, 0, "QN-CA", NULL, 0,
      "yy yyynynny yyy" },
    { "onward.mode", ONWARD_CONSENT, NULL, 0, NULL, NULL, 0,
      "yy yyyayaaa yyy" },
    { "onward.mode", ONWARD_CONSENT, NULL, 0, "QN-CA", NULL, 0,
      "yy yyyayaay yyy" },
    { "onward.mode", ONWARD_LISTED, NULL, 0, NULL, NULL, 0,
      "yy yyyayaaa yyy" },
    { "onward.mode", ONWARD_STATE, NULL, 0, NULL, NULL, 0,
      "yy yyyyyyyy yyy" },
    { "onward.mode", ONWARD_STATE, NULL, 0, "QO-CA", NULL, 0,
      "yy yyyayaaa yyy" },
    { "onward.allow", 0, "QO-CA", 0, "QO-CA", NULL, 0, "yy yyyyyyyy yyy" },
    { NULL, 0, NULL, 0, "COURT:P-1", NULL, 0, "yy yyyyyayy yyy" },
    { NULL, 0, NULL, USE_LEVEL_INTELLIGENCE_ONLY, "COURT:P-1", NULL, 0,
      "yy yyyayaaa yyy" },
    { NULL, 0, NULL, USE_LEVEL_INVESTIGATIVE, "COURT:P-1", NULL, 0,
      "yy yyyyyayy yyy" },
    { NULL, 0, NULL, USE_LEVEL_INVESTIGATIVE, "COURT:P-1", "P-1", 0,
      "yy yaaaaaay yyy" },
    { NULL, 0, NULL, USE_LEVEL_INTELLIGENCE_ONLY, "OWN_COUNSEL:P-1", NULL,
      0, "yy yyyayaya yyy" },
    { NULL, 0, NULL, 0, "OTHER_PARTY:P-1", NULL, 0, "yy yyyyyayy yyy" },
    { NULL, 0, NULL, USE_LEVEL_INVESTIGATIVE, "OTHER_PARTY:P-1", NULL, 0,
      "yy yyyyyaay yyy" },

    { "subject_notice", SUBJECT_NOTICE_FORBIDDEN, NULL, 0, NULL, NULL, 0,
      "yy yyyyyyyy nyy" },
    { "subject_notice", SUBJECT_NOTICE_FORBIDDEN, NULL, 0,
      "OTHER_PARTY:P-1", NULL, 0, "yy yyyyyany nyy" },
    { "subject_notice", SUBJECT_NOTICE_CONSENT, NULL, 0, NULL, NULL, 0,
      "yy yyyyyyyy ayy" },
    { "subject_notice", SUBJECT_NOTICE_CONSENT, NULL, 0, "OTHER_PARTY:P-1",
      NULL, 0, "yy yyyyyaay ayy" },
    { "subject_notice", SUBJECT_NOTICE_AFTER_DATE, NULL, 0, NULL, NULL, 0,
      "yy yyyyyyyy ayy" },
    { "conf.until", NOW, NULL, 0, NULL, NULL, 0, "yy yyyyyyyy yyy" },
    { "conf.until", LATER, NULL, 0, NULL, NULL, 0, "yy yyyyyyyy ayy" },
    { "subject_notice", SUBJECT_NOTICE_ALLOWED, NULL, 0, NULL, NULL, 0,
      "yy yyyyyyyy yyy" },

    { "attribution", ATTRIBUTION_MUST_NOT, NULL, 0, NULL, NULL, 0,
      "yy yyyyyyyy yny" },
    { "attribution", ATTRIBUTION_WITH_CONSENT, NULL, 0, NULL, NULL, 0,
      "yy yyyyyyyy yay" },
    { "attribution", ATTRIBUTION_MAY, NULL, 0, NULL, NULL, 0,
      "yy yyyyyyyy yyy" },
    { "attribution", ATTRIBUTION_MUST_CITE, NULL, 0, NULL, NULL, 0,
      "yy yyyyyyyy yyy" },
    { "protect_source", 1, NULL, 0, NULL, NULL, 0, "yy yyyyyyyy yyy" },

    { "valid_from", NOW, NULL, 0, NULL, NULL, 0, "yy yyyyyyyy yyy" },
    { "valid_from", LATER, NULL, 0, NULL, NULL, 0, "yy nnnnnnnn nnn" },
    { "use_until", NOW + 1, NULL, 0, NULL, NULL, 0, "yy yyyyyyyy yyy" },
    { "use_until", NOW, NULL, 0, NULL, NULL, 0, "yy ynnnnnnn nyy" },
    { "retain_until", NOW + 1, NULL, 0, NULL, NULL, 0, "yy yyyyyyyy yyy" },
    { "retain_until", NOW, NULL, 0, NULL, NULL, 0, "nn nnnnnnnn nnn" },
    { NULL, 0, NULL, 0, NULL, NULL, KEEPS_LONG, "yy yyyyyyyy yya" },
    { "end_action", END_ACTION_RETURN, NULL, 0, NULL, NULL, 0,
      "yy yyyyyyyy yyy" },
    { "cert_required", 0, NULL, 0, NULL, NULL, 0, "yy yyyyyyyy yyy" },
    { "cert_due_days", 1, NULL, 0, NULL, NULL, 0, "yy yyyyyyyy yyy" },
    { "recallable", 0, NULL, 0, NULL, NULL, 0, "yy yyyyyyyy yyy" },

    { "export", EXPORT_NONE, NULL, 0, NULL, NULL, 0, "yy yaayyyyy yyy" },
    { "export", EXPORT_PRINT_LOGGED, NULL, 0, NULL, NULL, 0,
      "yy yyayyyyy yyy" },
    { "export", EXPORT_EXPORT_LOGGED, NULL, 0, NULL, NULL, 0,
      "yy yyyyyyyy yyy" },
    { "export", EXPORT_FREE, NULL, 0, NULL, NULL, 0, "yy yyyyyyyy yyy" },
    { "accept_first", 1, NULL, 0, NULL, NULL, 0, "yy nnnnnnnn nnn" },
    { "accept_first", 1, NULL, 0, NULL, NULL, ACCEPTED,
      "yy yyyyyyyy yyy" },
    { "class_equiv", CLASS_EQUIV_RESTRICTED, NULL, 0, NULL, NULL, 0,
      "yy yyyyyyyy yyy" },
    { "legal_basis", LEGAL_BASIS_COURT_ORDER, NULL, 0, NULL, NULL, 0,
      "yy yyyyyyyy yyy" },

    /* What binds others does not bind its only originator. */
    { "audience", AUDIENCE_NAMED, NULL, 0, NULL, NULL, OWN,
      "yy yyyyyyyy yyy" },
    { "onward.mode", ONWARD_NEVER, NULL, 0, NULL, NULL, OWN,
      "yy yyyyyyyy yyy" },
    { "retain_until", NOW, NULL, 0, NULL, NULL, OWN,
      "yy yyyyyyyy yyy" },
    { NULL, 0, NULL, 0, NULL, NULL, OWN | AUDITOR, "yy nnnnnnnn nnn" },
};
#define N_ROWS (sizeof(rows) / sizeof(rows[0]))

static struct arena *a;

static const struct field card_rows[] = {
    { .key = 1, .name = "kinds", .type = FT_ENUM, .flags = F_CTL | F_MANY,
      .en = &enum_authority_kind, .most = 8 },
    { .key = 2, .name = "state", .type = FT_COUNTRY, .flags = F_CTL },
};
static const struct record card = { "card", card_rows, 2, NULL };

static struct rec *
loose_set(void)
{
    struct rec *r = plain_set(a);

    put(a, r, "use_level", USE_LEVEL_EVIDENCE_PURPOSE);
    put(a, r, "actions", ACTIONS_OVERT);
    put(a, r, "subject_notice", SUBJECT_NOTICE_ALLOWED);
    put(a, r, "attribution", ATTRIBUTION_MAY);
    put(a, r, "export", EXPORT_FREE);
    put_onward(a, r, ONWARD_STATE, "");
    return r;
}

static struct rec *
set_of_row(size_t i)
{
    struct rec *set = loose_set(), *in = set;
    const char *name = rows[i].field, *dot;
    const char *to = rows[i].to;

    if (rows[i].level != 0)
        put(a, set, "use_level", rows[i].level);
    if (to != NULL && strchr(to, ':') != NULL)
        put_onward(a, set, ONWARD_LISTED, to);
    if (name != NULL && strncmp(name, "conf.", 5) == 0)
        put(a, set, "subject_notice", SUBJECT_NOTICE_AFTER_DATE);
    if (name != NULL && (dot = strchr(name, '.')) != NULL) {
        in = record_rec(set, name[0] == 'o' ? "onward" : "conf");
        name = dot + 1;
    }
    if (name != NULL && rows[i].words != NULL)
        put_words(a, in, name, rows[i].words);
    else if (name != NULL)
        put(a, in, name, rows[i].v);
    if (rows[i].facts & (NAMED_READER | DEPUTY))
        put_words(a, set, "named_officers",
            "rrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrr");
    return set;
}

static void
facts_of_row(size_t i, struct policy_facts *x)
{
    unsigned f = rows[i].facts;
    struct rec *c = record_new(a, &card);

    put(a, c, "kinds", f & PROSECUTOR ? AUTHORITY_KIND_PROSECUTION :
        AUTHORITY_KIND_MLA_CENTRAL);
    put_text(a, c, "state", "QM");
    *x = (struct policy_facts){ .lo = NOW, .hi = NOW,
        .roles = POLICY_ROLE(f & AUDITOR ? OFFICER_ROLE_AUDITOR :
        OFFICER_ROLE_OFFICER), .authority = slice_str("QM-FIU"),
        .purpose = f & FILES ? PURPOSE_REGISTRATION : PURPOSE_ANALYSIS,
        .accepted = (f & ACCEPTED) != 0, .own = (f & OWN) != 0,
        .onward_to = slice_str(rows[i].to != NULL ? rows[i].to : "QM-CA"),
        .onward_card = c,
        .until = f & KEEPS_LONG ? SAMPLE_TIME + 2001 : 0 };
    memset(x->reader, f & NAMED_READER ? 'r' : 'x', HASH_LEN);
    if (f & DEPUTY)
        x->deputy_of = slice_str("rrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrr");
    if (rows[i].proceeding != NULL)
        x->proceeding = slice_str(rows[i].proceeding);
}

/* What stands for each act, without the blanks. */
static void
answers_of(const struct rec *set, const struct policy_facts *x, char *out)
{
    static const char letters[] = "nya";

    for (int act = 0; act < MAY_ACTS; act++) {
        struct verdict v = policy_check(set, (enum may)act, x);

        if (act == MAY_OPEN || act == MAY_TELL)
            *out++ = ' ';
        *out++ = letters[v.answer];
        cr_expect_eq(v.answer == VERDICT_YES, v.code == OK);
        cr_expect_eq(v.answer == VERDICT_YES, v.rule == 0);
        cr_expect_eq(v.answer == VERDICT_ASK, v.consent != 0);
    }
    *out = '\0';
}

Test(policy_table, every_act_under_every_value)
{
    for (size_t i = 0; i < N_ROWS; i++) {
        struct policy_facts x;
        char text[MAY_ACTS + 3];

        a = arena_new(1 << 20);
        facts_of_row(i, &x);
        answers_of(set_of_row(i), &x, text);
        cr_expect_str_eq(text, rows[i].answers, "row %zu: %s %s, to %s", i,
            rows[i].field != NULL ? rows[i].field : "-", text,
            rows[i].to != NULL ? rows[i].to : "QM-CA");
        arena_free(a);
    }
}

/* No limit is forgotten, and of an ordered one no value. */
Test(policy_table, the_table_has_every_limit_and_every_value)
{
    size_t n;
    const struct limit *l = limits_all(&n);

    for (size_t i = 0; i < n; i++) {
        const struct field *f = record_field(&record_restrictions,
            l[i].name);
        size_t have = 0, values = 0;

        for (size_t k = 0; k < N_ROWS; k++)
            have += rows[k].field != NULL && strncmp(rows[k].field,
                l[i].name, strlen(l[i].name)) == 0;
        cr_expect(have > 0, "%s", l[i].name);
        if (f->type != FT_ENUM || (f->flags & F_MANY) ||
            strcmp(f->name, "end_action") == 0 ||
            strcmp(f->name, "class_equiv") == 0)
            continue;
        for (size_t c = 0; c < f->en->n; c++)
            for (size_t k = 0; k < N_ROWS; k++)
                if (rows[k].field != NULL && strcmp(rows[k].field,
                    f->name) == 0 && rows[k].v == f->en->codes[c].n) {
                    values++;
                    break;
                }
        cr_expect_eq(values, f->en->n, "%s", f->name);
    }
}

/* The sets of the two stories, as their recipient may use them. */
static const struct {
    const char *what;
    uint64_t purposes;
    uint64_t level, actions, onward, notice, name, export;
    const char *allow, *from, *me, *to, *proceeding;
    uint64_t purpose;
    const char *answers;
} stories[] = {
    { "a disclosure, for a prosecutor abroad", 1 << 1 | 1 << 4,
      USE_LEVEL_INTELLIGENCE_ONLY, ACTIONS_DISCREET, ONWARD_CONSENT,
      SUBJECT_NOTICE_FORBIDDEN, ATTRIBUTION_MUST_NOT, EXPORT_NONE, "",
      "QN-FIU", "QM-FIU", "QO-PPO", "", PURPOSE_ANALYSIS,
      "yy yaaayaaa nny" },
    { "the same, for the prosecutor's purpose", 1 << 1 | 1 << 4,
      USE_LEVEL_INTELLIGENCE_ONLY, ACTIONS_DISCREET, ONWARD_CONSENT,
      SUBJECT_NOTICE_FORBIDDEN, ATTRIBUTION_MUST_NOT, EXPORT_NONE, "",
      "QN-FIU", "QM-FIU", "QO-PPO", "", PURPOSE_INVESTIGATION_CRIMINAL,
      "yy aaaaaaaa nny" },
    { "the copy that he gets", 1 << 2 | 1 << 5, USE_LEVEL_INVESTIGATIVE,
      ACTIONS_DISCREET, ONWARD_NEVER, SUBJECT_NOTICE_FORBIDDEN,
      ATTRIBUTION_MUST_NOT, EXPORT_NONE, "", "QN-FIU", "QO-PPO", "QO-CT",
      "QO-PRE-2027-0031", PURPOSE_PROVISIONAL_MEASURES,
      "yy yaanannn nny" },
    { "a consultation, for the own FIU", 1 << 14,
      USE_LEVEL_INTELLIGENCE_ONLY, ACTIONS_PASSIVE, ONWARD_LISTED,
      SUBJECT_NOTICE_FORBIDDEN, ATTRIBUTION_WITH_CONSENT, EXPORT_NONE,
      "QN-FIU", "QM-CA", "QN-CA", "QN-FIU", "", PURPOSE_MLA_PREPARATION,
      "yy yaaayyya nay" },
    { "the answer to it, back in a request", 1 << 14,
      USE_LEVEL_INTELLIGENCE_ONLY, ACTIONS_PASSIVE, ONWARD_LISTED,
      SUBJECT_NOTICE_FORBIDDEN, ATTRIBUTION_WITH_CONSENT, EXPORT_NONE,
      "QM-FIU", "QN-CA", "QM-CA", "QN-CA", "", PURPOSE_MLA_PREPARATION,
      "yy yaayyyyy nay" },
};

Test(policy_table, the_sets_of_the_stories)
{
    for (size_t i = 0; i < sizeof(stories) / sizeof(*stories); i++) {
        struct policy_facts x = { .lo = NOW, .hi = NOW,
            .roles = POLICY_ROLE(OFFICER_ROLE_OFFICER),
            .purpose = (uint16_t)stories[i].purpose,
            .authority = slice_str(stories[i].me),
            .onward_to = slice_str(stories[i].to),
            .proceeding = slice_str(stories[i].proceeding) };
        char text[MAY_ACTS + 3];
        struct rec *set;

        a = arena_new(1 << 20);
        set = loose_set();
        put_words(a, set, "originator", stories[i].from);
        put_bits(a, set, "purposes", stories[i].purposes);
        put(a, set, "use_level", stories[i].level);
        put(a, set, "actions", stories[i].actions);
        put_onward(a, set, stories[i].onward, stories[i].allow);
        put(a, set, "subject_notice", stories[i].notice);
        put(a, set, "attribution", stories[i].name);
        put(a, set, "export", stories[i].export);
        put_words(a, set, "proceedings", stories[i].proceeding);
        answers_of(set, &x, text);
        cr_expect_str_eq(text, stories[i].answers, "%s: %s",
            stories[i].what, text);
        arena_free(a);
    }
}
