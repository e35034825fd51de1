/*
 * The document itself: a row for each heading, in the order of the UN's
 * request-writing tool, each with what writes its section.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/act/formal.h"
#include "cli/text/text.h"
#include "cli/text/times.h"
#include "proto/enums.h"

#define LINE_MAX_BYTES (256u << 10)  /* a body has 120 KiB at most */
#define DATE_LEN 10

/* What the sections are written from. */
struct writing {
    const struct formal_source *src;
    struct formal *f;
    struct paper *p;
    const struct rec *draft;        /* of 46(15) */
    const struct rec *set;          /* of the consultation */
};

static void
field(const struct writing *w, const char *label, struct slice s)
{
    if (s.n > 0)
        paper_add(w->p, PAPER_FIELD, label, s);
}

static void
para(const struct writing *w, struct slice s)
{
    if (s.n > 0)
        paper_add(w->p, PAPER_TEXT, "", s);
}

static void
say(const struct writing *w, const char *text)
{
    paper_add(w->p, PAPER_TEXT, "", slice_str(text));
}

static void
date_of(uint64_t t, char out[static TIMES_LEN + 1])
{
    times_format(t, out);
    out[DATE_LEN] = '\0';
}

/* A line out of pieces, for one block. */
static void
end_line(const struct writing *w, enum paper_kind kind, const char *label,
    struct buf *b)
{
    if (b->n > 0 && !b->bad)
        paper_add(w->p, kind, label, slice_of_buf(b));
    buf_clear(b);
}

/* The codes of a list, in words. */
static void
codes(const struct writing *w, const char *label, const struct rec *r,
    const char *name)
{
    const struct value *v = record_value(r, name);
    struct buf b;

    buf_init(&b, LINE_MAX_BYTES);
    for (size_t i = 0; v != NULL && i < v->n; i++) {
        const char *code = enum_name(v->f->en, v->v[i].u);

        buf_put_str(&b, i > 0 ? "; " : "");
        formal_words(code != NULL ? code : "?", &b);
    }
    end_line(w, PAPER_FIELD, label, &b);
}

static void
money(const struct writing *w, const char *label, const struct rec *r)
{
    struct buf b;

    buf_init(&b, LINE_MAX_BYTES);
    if (r != NULL) {
        buf_put_slice(&b, record_bytes(r, "currency"));
        buf_put_str(&b, " ");
        buf_put_slice(&b, record_bytes(r, "amount"));
    }
    end_line(w, PAPER_FIELD, label, &b);
}

/* An authority as its card has it. */
static void
party(const struct writing *w, struct slice id, const struct rec *card)
{
    const struct value *contacts = record_value(card, "contacts");
    const struct rec *c = contacts != NULL && contacts->n > 0 ?
        contacts->v[0].r : NULL;

    field(w, _("Authority"), record_bytes(card, "name"));
    field(w, _("State"), record_bytes(card, "state"));
    field(w, _("Address"), record_bytes(card, "postal_address"));
    field(w, _("Unit"), record_bytes(c, "unit"));
    field(w, _("Telephone"), record_bytes(c, "telephone"));
    field(w, _("E-mail"), record_bytes(c, "email"));
    field(w, _("Identifier"), id);
}

static void
write_requesting(const struct writing *w)
{
    party(w, w->src->own, w->src->own_card);
    field(w, _("Reference"), slice_str(w->src->ref));
}

/* What the answer said of where and how to ask. */
static const struct rec *
indications(const struct writing *w)
{
    const struct rec *r = NULL;

    for (size_t i = 0; i < w->src->n; i++) {
        const struct formal_message *x = &w->src->v[i];

        if (!x->out && x->counts && x->may.answer == VERDICT_YES &&
            x->m->kind->n == MESSAGE_KIND_REPLY &&
            message_rec(x->m, "indications") != NULL)
            r = message_rec(x->m, "indications");
    }
    return r;
}

static void
write_requested(const struct writing *w)
{
    const struct rec *r = indications(w);
    struct slice to = record_bytes(r, "authority_to_address");

    party(w, w->src->peer, w->src->peer_card);
    if (to.n > 0 && !slice_equal(to, w->src->peer))
        field(w, _("To be addressed to"), to);
    field(w, _("Language"), record_bytes(r, "language"));
    field(w, _("Certification"), record_bytes(r, "certification"));
}

static void
write_a(const struct writing *w)
{
    para(w, formal_text(w->draft, "a_authority"));
}

static void
write_b(const struct writing *w)
{
    const struct rec *p = record_rec(w->f->draft, "proceeding");

    para(w, formal_text(w->draft, "b_subject_matter"));
    field(w, _("Conducted by"), formal_text(w->draft,
        "b_conducting_authority"));
    field(w, _("Its functions"), formal_text(w->draft,
        "b_conducting_functions"));
    codes(w, _("Kind of proceeding"), p, "kind");
    field(w, _("Court or authority"), record_bytes(p, "body"));
    field(w, _("Number"), record_bytes(p, "docket"));
    field(w, _("Name"), record_bytes(p, "title"));
    codes(w, _("Stage"), p, "stage");
    codes(w, _("Offences"), w->f->draft, "offences");
    field(w, _("Offence"), record_bytes(w->f->draft, "offence_text"));
}

/* Parts of other messages that may be quoted. */
static void
write_parts(const struct writing *w, const struct formal_message *x)
{
    const struct value *v = message_records(x->m, "parts");
    char date[TIMES_LEN + 1], label[64];

    date_of(message_uint(x->m, "created_at"), date);
    for (size_t i = 0; v != NULL && i < v->n; i++) {
        if (record_uint(v->v[i].r, "protect_source") != 0)
            continue;
        (void)snprintf(label, sizeof(label), "%s", date);
        paper_add(w->p, PAPER_FIELD, _("Information received"),
            slice_str(label));
        para(w, record_bytes(v->v[i].r, "text"));
    }
}

static void
write_c(const struct writing *w)
{
    struct slice facts = formal_text(w->draft, "c_facts");

    if (facts.n > 0)
        para(w, facts);
    else
        say(w, _("Service of documents alone is asked for (article 46, "
            "paragraph 15 (c))."));
    field(w, _("Link"), formal_text(w->f->draft, "nexus"));
    money(w, _("Value at stake"), record_rec(w->f->draft,
        "value_at_stake"));
    for (size_t i = 0; i < w->src->n_also; i++)
        if (w->src->also[i].may.answer == VERDICT_YES)
            write_parts(w, &w->src->also[i]);
}

static void
write_d(const struct writing *w)
{
    struct slice how = formal_text(w->draft, "d_procedure");

    codes(w, _("Assistance"), w->f->draft, "assistance_types");
    para(w, formal_text(w->draft, "d_assistance"));
    field(w, _("Need"), formal_text(w->f->draft, "need"));
    if (how.n > 0)
        field(w, _("Procedure to be followed"), how);
    else
        say(w, _("No particular procedure is asked for."));
}

/* The fields of a subject that are there, as "label: value". */
static void
put_subject(const struct rec *r, struct buf *b, unsigned depth)
{
    for (size_t i = 0; i < r->n && depth < 4; i++) {
        const struct value *v = &r->v[i];

        for (size_t k = 0; k < v->n; k++) {
            const char *code;

            if (v->f->type == FT_RECORD) {
                put_subject(v->v[k].r, b, depth + 1);
                continue;
            }
            if (v->f->type == FT_UINT || v->f->type == FT_BIN ||
                v->f->type == FT_TIME || strcmp(v->f->name, "ref") == 0)
                continue;
            buf_put_str(b, b->n > 0 ? ", " : "");
            formal_words(v->f->name, b);
            buf_put_str(b, " ");
            if (v->f->type == FT_ENUM) {
                code = enum_name(v->f->en, v->v[k].u);
                formal_words(code != NULL ? code : "?", b);
            } else if (v->f->type == FT_BOOL) {
                buf_put_str(b, v->v[k].u != 0 ? _("yes") : _("no"));
            } else {
                buf_put_slice(b, v->v[k].s);
            }
        }
    }
}

static void
write_e(const struct writing *w)
{
    const struct value *v = record_value(w->draft, "e_persons");

    for (size_t i = 0; v != NULL && i < v->n; i++)
        paper_add(w->p, PAPER_ITEM, "", v->v[i].s);
    field(w, _("Not known, because"), formal_text(w->draft,
        "e_unknown_reason"));
    v = record_value(w->f->draft, "subjects");
    for (size_t i = 0; v != NULL && i < v->n; i++) {
        struct buf b;

        buf_init(&b, LINE_MAX_BYTES);
        put_subject(v->v[i].r, &b, 0);
        end_line(w, PAPER_ITEM, "", &b);
    }
}

static void
write_f(const struct writing *w)
{
    para(w, formal_text(w->draft, "f_purpose"));
}

static void
write_chapter_v(const struct writing *w)
{
    const struct rec *r = record_rec(w->f->draft, "chapter_v_fields");

    codes(w, _("Basis"), r, "basis");
    field(w, _("Property"), formal_text(r, "property"));
    field(w, _("Where it is"), formal_text(r, "location"));
    money(w, _("Value"), record_rec(r, "value"));
    field(w, _("Facts"), formal_text(r, "facts"));
    field(w, _("Order"), formal_text(r, "order"));
    if (record_has(r, "order_final"))
        field(w, _("Order is final"), slice_str(record_uint(r,
            "order_final") != 0 ? _("yes") : _("no")));
    field(w, _("Third parties"), formal_text(r, "third_party_measures"));
    field(w, _("Actions requested"), formal_text(r, "actions_requested"));
}

static void
write_basis(const struct writing *w)
{
    const struct rec *r = record_rec(w->f->draft, "agreement_ref");

    say(w, _("Articles are those of the United Nations Convention against "
        "Corruption."));
    codes(w, _("Legal basis"), w->set, "legal_basis");
    field(w, _("Agreement"), record_bytes(r, "title"));
    field(w, _("Its reference"), record_bytes(r, "ref"));
    if (message_uint(w->src->v[0].m, "apply_46_9_29") != 0)
        say(w, _("Paragraphs 9 to 29 of article 46 apply beside that "
            "treaty."));
}

static void
write_urgency(const struct writing *w)
{
    const struct message *m = w->src->v[0].m;
    const uint64_t by = message_uint(m, "reply_requested_by");
    char date[TIMES_LEN + 1];

    codes(w, _("Urgency"), m->common, "urgency");
    codes(w, _("Reason"), m->common, "urgency_reason");
    if (by != 0) {
        date_of(by, date);
        field(w, _("Advice was asked for by"), slice_str(date));
    }
}

/* 46(20) is written for criminal matters (R-43.1c). */
static bool
is_criminal(const struct writing *w)
{
    const uint64_t kind = record_uint(record_rec(w->f->draft, "proceeding"),
        "kind");

    return kind != PROCEEDING_KIND_CIVIL &&
        kind != PROCEEDING_KIND_ADMINISTRATIVE;
}

/* A measure that was agreed where confidentiality could not be kept. */
static struct slice
measure(const struct writing *w)
{
    struct slice s = SLICE_EMPTY;

    for (size_t i = 0; i < w->src->n; i++) {
        const struct formal_message *x = &w->src->v[i];

        if (x->out && x->counts &&
            x->m->kind->n == MESSAGE_KIND_CONF_DECISION)
            s = message_bytes(x->m, "measure");
    }
    return s;
}

static void
write_confidentiality(const struct writing *w)
{
    const struct rec *conf = record_rec(w->set, "conf");
    char date[TIMES_LEN + 1];

    if (record_uint(conf, "required") == 0) {
        say(w, _("Confidentiality of this request is not asked for."));
        return;
    }
    say(w, is_criminal(w) ? _("Under article 46, paragraph 20, the requested "
        "State is required to keep confidential the fact and substance of "
        "this request, except to the extent necessary to execute it. If it "
        "cannot comply, it is asked to inform the requesting authority "
        "promptly, before any step that would disclose them.") :
        _("The requested State is asked, as a condition of this request for "
        "assistance under article 43, paragraph 1, to keep confidential the "
        "fact and substance of this request as article 46, paragraph 20, "
        "provides, except to the extent necessary to execute it, and to "
        "inform the requesting authority promptly if it cannot."));
    codes(w, _("Scope"), conf, "scope");
    codes(w, _("Reason"), conf, "reason");
    if (record_has(conf, "until")) {
        date_of(record_uint(conf, "until"), date);
        field(w, _("Until"), slice_str(date));
    }
    field(w, _("Measure asked for"), measure(w));
}

static const struct formal_message *
find(const struct writing *w, struct slice id)
{
    for (size_t i = 0; id.n > 0 && i < w->src->n; i++)
        if (slice_equal(message_bytes(w->src->v[i].m, "msg_id"), id))
            return &w->src->v[i];
    return NULL;
}

static void
write_condition(const struct writing *w, const struct rec *r)
{
    const char *code = enum_name(record_field(r->schema, "code")->en,
        record_uint(r, "code"));
    char date[TIMES_LEN + 1];
    struct buf b;

    buf_init(&b, LINE_MAX_BYTES);
    formal_words(code != NULL ? code : "?", &b);
    buf_put_str(&b, ": ");
    buf_put_slice(&b, record_bytes(r, "text"));
    if (record_has(r, "due")) {
        date_of(record_uint(r, "due"), date);
        buf_put_str(&b, " (");
        buf_put_str(&b, date);
        buf_put_str(&b, ")");
    }
    end_line(w, PAPER_ITEM, "", &b);
}

/* Conditions of the other side that were accepted, and assurances. */
static bool
write_undertaking(const struct writing *w, const struct formal_message *x)
{
    const struct formal_message *offer = find(w, message_bytes(x->m,
        "conditions_of"));
    const struct value *v = offer != NULL && offer->may.answer ==
        VERDICT_YES ? message_value(offer->m, "conditions") : NULL;

    if (!x->out || !x->counts ||
        message_uint(x->m, "decision") != CONDITIONS_ANSWER_ACCEPT ||
        x->m->kind->n != MESSAGE_KIND_CONDITIONS_DECISION ||
        message_bytes(x->m, "consent_id").n > 0)
        return false;
    for (size_t i = 0; v != NULL && i < v->n; i++)
        write_condition(w, v->v[i].r);
    field(w, _("Undertaking"), message_bytes(x->m, "undertaking"));
    field(w, _("Assurance"), message_bytes(x->m, "assurance_text"));
    return true;
}

static void
write_undertakings(const struct writing *w)
{
    bool any = false;

    say(w, _("Information or evidence that is furnished will not be "
        "transmitted or used for other investigations, prosecutions or "
        "judicial proceedings than those stated in this request without the "
        "prior consent of the requested State (article 46, paragraph "
        "19)."));
    for (size_t i = 0; i < w->src->n; i++)
        any |= write_undertaking(w, &w->src->v[i]);
    if (!any)
        say(w, _("No conditions were accepted and no assurances given in "
            "the consultation."));
}

static void
write_exchange(const struct writing *w)
{
    char thread[2 * MSG_ID_LEN + 1];

    say(w, _("This request follows an informal consultation between both "
        "authorities."));
    hex_encode(message_bytes(w->src->v[0].m, "thread_id"), thread);
    field(w, _("Thread"), slice_str(thread));
    for (size_t i = 0; i < w->src->n; i++) {
        const struct formal_message *x = &w->src->v[i];
        char id[2 * MSG_ID_LEN + 1], at[TIMES_LEN + 1];
        struct buf b;

        if (!x->counts || x->m->kind->n == KIND_RECEIPT)
            continue;
        hex_encode(message_bytes(x->m, "msg_id"), id);
        times_format(message_uint(x->m, "created_at"), at);
        buf_init(&b, LINE_MAX_BYTES);
        buf_put_str(&b, at);
        buf_put_str(&b, " ");
        buf_put_str(&b, x->m->kind->name);
        buf_put_str(&b, " ");
        buf_put_slice(&b, message_bytes(x->m, "from"));
        buf_put_str(&b, " ");
        buf_put_str(&b, id);
        if (x->place[0] != '\0') {
            buf_put_str(&b, ", ");
            buf_put_str(&b, x->place);
        }
        end_line(w, PAPER_ITEM, "", &b);
    }
}

static void
write_annexes(const struct writing *w)
{
    if (w->src->n_annex == 0)
        say(w, _("None."));
    for (size_t i = 0; i < w->src->n_annex; i++) {
        const struct formal_annex *x = &w->src->annex[i];
        char text[2 * HASH_LEN + 96], digest[2 * HASH_LEN + 1];

        hex_encode(slice_of(x->digest, HASH_LEN), digest);
        (void)snprintf(text, sizeof(text), _("%" PRIu64 " bytes, SHA-256 "
            "%s"), x->size, digest);
        paper_add(w->p, PAPER_FIELD, x->name, slice_str(text));
    }
}

static void
write_signature(const struct writing *w)
{
    static const char *const lines[] = { N_("Place and date"), N_("Name"),
        N_("Function"), N_("Signature"), N_("Seal") };

    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
        paper_add(w->p, PAPER_SIGN, _(lines[i]), SLICE_EMPTY);
}

static const struct {
    const char *heading;
    void (*write)(const struct writing *w);
    bool chapter_v;                 /* only where it is about that */
} sections[] = {
    { N_("Requesting authority"), write_requesting, false },
    { N_("Requested State and authority"), write_requested, false },
    { N_("(a) Authority making the request"), write_a, false },
    { N_("(b) Subject matter and nature of the proceeding, and the "
      "authority conducting it"), write_b, false },
    { N_("(c) Summary of the relevant facts"), write_c, false },
    { N_("(d) Assistance sought, and procedure"), write_d, false },
    { N_("(e) Identity, location and nationality of persons"), write_e,
      false },
    { N_("(f) Purpose for which evidence, information or action is sought"),
      write_f, false },
    { N_("Confiscation and provisional measures (chapter V)"),
      write_chapter_v, true },
    { N_("Legal basis"), write_basis, false },
    { N_("Urgency"), write_urgency, false },
    { N_("Confidentiality"), write_confidentiality, false },
    { N_("Undertakings"), write_undertakings, false },
    { N_("Exchange that preceded this request"), write_exchange, false },
    { N_("Annexes"), write_annexes, false },
    { N_("Signature"), write_signature, false },
};

/* A use above the level is V-048 here.  ask is the consent that would allow
 * it, of the originator. */
static void
list_left(const struct formal_message *x, struct formal *f)
{
    const struct err_row *row = err_row(x->may.code);
    const unsigned v = x->may.code == E_USE_LEVEL ? 48 : x->may.rule;
    const char *ask = x->may.answer == VERDICT_ASK ? enum_name(
        &enum_consent_type, x->may.consent) : NULL;
    char id[2 * MSG_ID_LEN + 1], from[64], rule[16] = "";
    struct slice s = message_bytes(x->m, "from");

    if (x->may.answer == VERDICT_YES || (x->m->kind->flags & K_RESTR) == 0)
        return;
    hex_encode(message_bytes(x->m, "msg_id"), id);
    (void)snprintf(from, sizeof(from), "%.*s", (int)s.n,
        (const char *)s.p);
    if (v != 0)
        (void)snprintf(rule, sizeof(rule), "V-%03u", v);
    sheet_row(&f->left, (const char *const[]){ id, x->m->kind->name, from,
        row->name, rule, ask != NULL ? ask : "", _(row->text) });
}

enum err
formal_write(const struct formal_source *src, struct formal *f)
{
    const struct message *m = src->v[0].m;
    struct writing w = { src, f, NULL, record_rec(f->draft, "draft_46_15"),
        record_rec(m->common, "restrictions") };
    enum err e;

    if ((e = paper_new(src->a, message_bytes(m, "lang"), &f->paper)) != OK)
        return e;
    w.p = f->paper;
    paper_add(w.p, PAPER_TITLE, "", slice_str(_("Request for mutual legal "
        "assistance")));
    for (size_t i = 0; i < sizeof(sections) / sizeof(sections[0]); i++) {
        if (sections[i].chapter_v && !f->chapter_v)
            continue;
        paper_add(w.p, PAPER_HEADING, _(sections[i].heading), SLICE_EMPTY);
        sections[i].write(&w);
    }
    sheet_init(&f->left, src->a, "", "message kind from code rule ask why");
    for (size_t i = 0; i < src->n; i++)
        list_left(&src->v[i], f);
    for (size_t i = 0; i < src->n_also; i++)
        list_left(&src->also[i], f);
    return f->left.fault;
}
