#include <stdio.h>

#include "cli/act/mail.h"
#include "cli/files/carried.h"
#include "cli/text/sentence.h"
#include "cli/text/text.h"
#include "cli/text/times.h"
#include "proto/enums.h"

#define SHORT_ID 8                      /* digits of a consent's id */

/* What each value of a limit means, by its number; %s is filled below. */
static const char *const use_words[] = {
    [USE_LEVEL_INTELLIGENCE_ONLY] = N_("it may be read and followed up, and "
        "not be quoted in a paper, shown to a prosecutor or court, or filed"),
    [USE_LEVEL_INVESTIGATIVE] = N_("it may support an application for a "
        "measure of inquiry, and not be exhibited or given to a party"),
    [USE_LEVEL_EVIDENCE_LISTED] = N_("it may be filed in the proceedings "
        "named (%s), and in no other"),
    [USE_LEVEL_EVIDENCE_PURPOSE] = N_("it may be filed in any proceeding of "
        "your State for these purposes"),
};

static const char *const export_words[] = {
    [EXPORT_NONE] = N_("no copy of it leaves this program"),
    [EXPORT_PRINT_LOGGED] = N_("it may be printed, numbered and logged"),
    [EXPORT_EXPORT_LOGGED] = N_("it may be printed, and copied into your own "
        "files, numbered and logged"),
    [EXPORT_FREE] = N_("it may be copied"),
};

static const char *const onward_words[] = {
    [ONWARD_NEVER] = N_("it goes to nobody else"),
    [ONWARD_CONSENT] = N_("it goes to others only with the consent of %s"),
    [ONWARD_LISTED] = N_("it may go to those who are listed, to others only "
        "with the consent of %s"),
    [ONWARD_STATE] = N_("it may go to competent authorities of your State "
        "for these purposes, to others only with the consent of %s"),
};

static const char *const subject_words[] = {
    [SUBJECT_NOTICE_FORBIDDEN] = N_("the person concerned must not learn of "
        "it"),
    [SUBJECT_NOTICE_CONSENT] = N_("the person concerned learns of it only "
        "with consent"),
    [SUBJECT_NOTICE_AFTER_DATE] = N_("the person concerned must not learn of "
        "it before %s"),
    [SUBJECT_NOTICE_ALLOWED] = N_("the person concerned may be told"),
};

static const char *const attribution_words[] = {
    [ATTRIBUTION_MUST_NOT] = N_("%s must not be named as its source"),
    [ATTRIBUTION_WITH_CONSENT] = N_("%s is named as its source only with "
        "consent"),
    [ATTRIBUTION_MAY] = N_("%s may be named as its source"),
    [ATTRIBUTION_MUST_CITE] = N_("%s must be named as its source"),
};

static const char *const end_words[] = {
    [END_ACTION_RETURN] = N_("at the latest on %s it is returned and all "
        "copies are destroyed"),
    [END_ACTION_DESTROY] = N_("at the latest on %s it is destroyed"),
    [END_ACTION_REVIEW] = N_("on %s an officer decides whether it is "
        "destroyed"),
    [END_ACTION_SEAL_ARCHIVE] = N_("on %s it is sealed and archived"),
};

#define WORDS(of) of, sizeof(of) / sizeof((of)[0])

/* The words of a value, with what fills their %s. */
static void
put_words(const char *const *words, size_t n, uint64_t value,
    struct slice fill, struct buf *b)
{
    const char *text = value < n && words[value] != NULL ? _(words[value]) :
        NULL;

    for (; text != NULL && *text != '\0'; text++) {
        if (text[0] == '%' && text[1] == 's') {
            buf_put_slice(b, fill);
            text++;
        } else {
            buf_put_u8(b, (uint8_t)*text);
        }
    }
}

static void
put_list(const struct value *v, struct buf *b)
{
    for (size_t i = 0; v != NULL && i < v->n; i++) {
        const char *name = v->f->type == FT_ENUM ? enum_name(v->f->en,
            v->v[i].u) : NULL;

        buf_put_str(b, i > 0 ? ", " : "");
        if (v->f->type == FT_ENUM)
            buf_put_str(b, name != NULL ? name : "?");
        else
            buf_put_slice(b, v->v[i].s);
    }
    if (v == NULL || v->n == 0)
        buf_put_str(b, _("none"));
}

/* A day of the set as "2027-03-01". */
static void
put_day(uint64_t t, struct buf *b)
{
    char day[TIMES_DATE_LEN + 1];

    times_date((int64_t)t, 0, day);
    buf_put_str(b, day);
}

/* One clause, whose %s is a list or a day. */
static void
clause(const struct rec *set, const char *const *words, size_t n,
    const char *limit, const struct buf *fill, struct buf *b)
{
    buf_put_str(b, "; ");
    put_words(words, n, record_uint(set, limit), slice_of_buf(fill), b);
}

/* Where it may be filed; a list without anything is said to be that. */
static void
put_use(const struct rec *set, struct buf *fill, struct buf *b)
{
    if (record_uint(set, "use_level") == USE_LEVEL_EVIDENCE_LISTED &&
        record_count(set, "proceedings") == 0) {
        buf_put_str(b, _("it may be filed in the proceedings named, and "
            "none is named yet"));
        return;
    }
    put_list(record_value(set, "proceedings"), fill);
    put_words(WORDS(use_words), record_uint(set, "use_level"),
        slice_of_buf(fill), b);
}

/* To whom it may go: where nobody is listed nobody has it without consent. */
static uint64_t
onward_mode(const struct rec *set)
{
    const struct rec *onward = record_rec(set, "onward");
    const uint64_t mode = record_uint(onward, "mode");

    return mode == ONWARD_LISTED && record_count(onward, "allow") == 0 ?
        ONWARD_CONSENT : mode;
}

/* "1a2b3c4d until 2027-03-01", as a person says a consent. */
static void
put_consent(const struct rec *consent, struct buf *b)
{
    const struct slice id = record_bytes(consent, "consent_id");

    buf_put_hex(b, slice_of(id.p, id.n < SHORT_ID / 2 ? id.n :
        SHORT_ID / 2));
    buf_put_str(b, _(" until "));
    put_day(record_uint(consent, "expires_at"), b);
}

/* How far copies go under one consent, of what it names: an EXPORT_, NONE
 * where it adds nothing. */
static uint64_t
copies_under(const struct rec *set, const struct policy_facts *facts,
    size_t k)
{
    const struct policy_consent *c = &facts->consents[k];
    struct policy_facts f = *facts;

    f.consents = c;
    f.n_consents = 1;
    f.parts = c->whole ? NULL : record_value(c->consent, "parts");
    if (policy_check(set, MAY_EXPORT, &f).answer == VERDICT_YES &&
        policy_uses(set, MAY_EXPORT, &f, 0))
        return EXPORT_EXPORT_LOGGED;
    return policy_check(set, MAY_PRINT, &f).answer == VERDICT_YES &&
        policy_uses(set, MAY_PRINT, &f, 0) ? EXPORT_PRINT_LOGGED :
        EXPORT_NONE;
}

static void
put_copies(const struct rec *set, const struct policy_facts *facts,
    struct buf *b)
{
    for (size_t k = 0; k < facts->n_consents; k++) {
        const struct policy_consent *c = &facts->consents[k];
        const uint64_t most = copies_under(set, facts, k);

        if (most == EXPORT_NONE)
            continue;
        buf_put_str(b, _(", but under consent "));
        put_consent(c->consent, b);
        if (!c->whole) {
            buf_put_str(b, _(", of "));
            put_list(record_value(c->consent, "parts"), b);
            buf_put_str(b, _(" alone"));
        }
        buf_put_str(b, ", ");
        buf_put_str(b, _(export_words[most]));
    }
}

bool
sentence_consent(const struct rec *set, enum may act,
    const struct policy_facts *facts, char *out, size_t max)
{
    struct buf b;
    bool some = false;

    buf_init(&b, SENTENCE_MAX);
    for (size_t k = 0; k < facts->n_consents; k++) {
        if (!policy_uses(set, act, facts, k))
            continue;
        buf_put_str(&b, some ? ", " : _("under consent "));
        put_consent(facts->consents[k].consent, &b);
        some = true;
    }
    if (buf_done(&b) != OK)
        some = false;
    (void)snprintf(out, max, "%.*s", some ? (int)b.n : 0, some ?
        (const char *)b.p : "");
    buf_clear(&b);
    return some;
}

static void
clauses(const struct rec *set, const struct policy_facts *facts,
    struct buf *b)
{
    const struct rec *conf = record_rec(set, "conf");
    struct buf fill;

    buf_init(&fill, SENTENCE_MAX);
    put_use(set, &fill, b);
    clause(set, WORDS(export_words), "export", &fill, b);
    put_copies(set, facts, b);
    buf_reset(&fill);
    if (record_has(set, "originator"))
        put_list(record_value(set, "originator"), &fill);
    else
        buf_put_str(&fill, _("its originator"));
    buf_put_str(b, "; ");
    put_words(WORDS(onward_words), onward_mode(set), slice_of_buf(&fill),
        b);
    clause(set, WORDS(attribution_words), "attribution", &fill, b);
    buf_reset(&fill);
    if (record_has(conf, "until"))
        put_day(record_uint(conf, "until"), &fill);
    else
        buf_put_str(&fill, _("a date that is not set"));
    clause(set, WORDS(subject_words), "subject_notice", &fill, b);
    buf_put_str(b, _("; it is used until "));
    put_day(record_uint(set, "use_until"), b);
    buf_reset(&fill);
    put_day(record_uint(set, "retain_until"), &fill);
    clause(set, WORDS(end_words), "end_action", &fill, b);
    buf_clear(&fill);
}

/* What stands before all else; false where nothing follows. */
static bool
put_before(const struct rec *set, const struct policy_facts *facts,
    struct buf *b)
{
    if (facts->hi >= (int64_t)record_uint(set, "retain_until")) {
        buf_put_str(b, _("The time of keeping is over since "));
        put_day(record_uint(set, "retain_until"), b);
        buf_put_str(b, _(": nothing may be done with it."));
        return false;
    }
    if (facts->hi >= (int64_t)record_uint(set, "use_until")) {
        buf_put_str(b, _("The time of use is over since "));
        put_day(record_uint(set, "use_until"), b);
        buf_put_str(b, _(": it may be read until "));
        put_day(record_uint(set, "retain_until"), b);
        buf_put_str(b, _(", and nothing else."));
        return false;
    }
    if (facts->lo < (int64_t)record_uint(set, "valid_from")) {
        buf_put_str(b, _("Not to be opened before "));
        put_day(record_uint(set, "valid_from"), b);
        buf_put_str(b, ". ");
    } else if (!facts->accepted && record_uint(set, "accept_first") != 0) {
        buf_put_str(b, _("Its limits must be accepted before it is "
            "opened. "));
    }
    return true;
}

void
sentence_of(const struct rec *set, const struct policy_facts *facts,
    struct buf *b)
{
    if (set == NULL) {
        buf_put_str(b, _("Its limits are not known: nothing may be done with "
            "it."));
        return;
    }
    if (facts->own)
        buf_put_str(b, _("Your own: what follows binds those who got it, not "
            "you. "));
    else if (!put_before(set, facts, b))
        return;
    buf_put_str(b, _("For "));
    put_list(record_value(set, "purposes"), b);
    buf_put_str(b, ": ");
    clauses(set, facts, b);
    buf_put_str(b, ".");
}

bool
sentence_shut(enum err why, struct buf *b)
{
    if (why == OK)
        return false;
    buf_put_str(b, why == E_DESTROYED ? _("Its content was destroyed here: "
        "nothing may be done with it.") : why == E_SEALED ? _("It was called "
        "back or closed, and nobody opens it: nothing may be done with it.") :
        _("It is archived, and nobody opens it: nothing may be done with "
        "it."));
    return true;
}

void
sentence_ask(struct verdict v, const struct message *of, struct slice to,
    char *out, size_t max)
{
    const char *type = enum_name(&enum_consent_type, v.consent);
    const struct slice whom = to.n > 0 ? to : slice_str(_("AUTHORITY"));
    char id[MAIL_ID_LEN + 1];
    int n;

    out[0] = '\0';
    if (v.answer != VERDICT_ASK || type == NULL)
        return;
    mail_id(of, id);
    n = snprintf(out, max, "valise consent ask %s --type %s", id, type);
    if (v.consent == CONSENT_TYPE_ONWARD && n > 0 && (size_t)n < max)
        n += snprintf(out + n, max - (size_t)n, " --to %.*s%s", (int)whom.n,
            (const char *)whom.p, carried_is_evidence(of) ? _(" --docs DOCS") :
            "");
    if (n > 0 && (size_t)n < max)
        (void)snprintf(out + n, max - (size_t)n, "%s",
            _(" --for PURPOSE --text FILE"));
}

const char *
sentence_act(enum may act)
{
    static const char *const acts[MAY_ACTS] = {
        [MAY_SEND] = N_("send it"),
        [MAY_RECEIVE] = N_("take it in"),
        [MAY_OPEN] = N_("read and analyse it"),
        [MAY_PRINT] = N_("print it"),
        [MAY_EXPORT] = N_("copy it into your own files"),
        [MAY_QUOTE] = N_("quote it in a request or paper"),
        [MAY_USE] = N_("follow it up, as a declared use"),
        [MAY_FORWARD] = N_("forward it to another authority"),
        [MAY_HAND_OVER] = N_("show it, or hand it over, outside"),
        [MAY_FORMALISE] = N_("put it into a formal request"),
        [MAY_TELL] = N_("tell the person concerned"),
        [MAY_NAME] = N_("name its originator to others"),
        [MAY_KEEP] = N_("keep it"),
    };

    return (unsigned)act < MAY_ACTS && acts[act] != NULL ? _(acts[act]) : "";
}
