#include <inttypes.h>
#include <string.h>

#include "cli/act/purpose.h"
#include "cli/text/sentence.h"
#include "cli/text/show.h"
#include "cli/text/text.h"
#include "cli/text/times.h"
#include "proto/enums.h"

#define STEP 4                      /* columns of one level */
#define LABEL 18                    /* columns of a label */
#define DEPTH_MAX 8

/* "grounds_for_sending" as people read it. */
static void
put_label(const char *name, struct buf *b)
{
    for (; *name != '\0'; name++)
        buf_put_u8(b, *name == '_' ? ' ' : (uint8_t)*name);
}

static void
line_at(const struct show_opts *o, unsigned depth, const char *label,
    struct slice text)
{
    size_t indent = STEP * ((size_t)depth + 1), used;
    struct buf b;

    buf_init(&b, 256);
    put_label(label, &b);
    used = out_columns(slice_of_buf(&b));
    out_pad(o->out, indent);
    out_text(o->out, slice_of_buf(&b), false);
    buf_clear(&b);
    out_pad(o->out, used < LABEL ? LABEL - used : 2);
    out_wrapped(o->out, text, indent + (used < LABEL ? LABEL : used + 2));
}

void
show_line(const struct show_opts *o, const char *label, struct slice text)
{
    line_at(o, 0, label, text);
}

void
show_item(const struct field *f, union item item,
    const struct json_people *people, int64_t now, struct buf *b)
{
    char text[MAIL_WHO_MAX + 1] = "";
    const char *name;

    if (f->type == FT_ENUM) {
        name = enum_name(f->en, item.u);
        buf_put_str(b, name != NULL ? name : "?");
    } else if (f->type == FT_BOOL) {
        buf_put_str(b, item.u != 0 ? _("yes") : _("no"));
    } else if (f->type == FT_TIME) {
        if (now != 0)
            mail_when((int64_t)item.u, now, text);
        else
            times_format(item.u, text);
        buf_put_str(b, text);
    } else if (f->type == FT_UINT) {
        (void)snprintf(text, sizeof(text), "%" PRIu64, item.u);
        buf_put_str(b, text);
    } else if (f->type == FT_PERSON) {
        mail_person(people, item.s, text);
        buf_put_str(b, text);
    } else if (f->type == FT_BIN) {
        buf_put_hex(b, item.s);
    } else {
        buf_put_slice(b, item.s);
    }
}

static void
show_records(const struct show_opts *o, const struct value *v,
    unsigned depth)
{
    for (size_t i = 0; i < v->n; i++) {
        char number[24];

        (void)snprintf(number, sizeof(number), "%zu", i + 1);
        line_at(o, depth, v->f->name, slice_str(v->n > 1 ? number : ""));
        show_record(o, v->v[i].r, depth + 1);
    }
}

static void
show_cut(const struct show_opts *o, unsigned depth)
{
    line_at(o, depth, "", slice_str(_("(more; see --json)")));
    if (o->cut != NULL)
        *o->cut = true;
}

static void
show_value(const struct show_opts *o, const struct value *v, unsigned depth)
{
    struct buf b;

    if (v->f->type == FT_RECORD || v->f->type == FT_KIND_RECORD) {
        show_records(o, v, depth);
        return;
    }
    if (v->n == 1 && v->f->type == FT_TEXT) {
        line_at(o, depth, v->f->name, v->v[0].s);
        return;
    }
    buf_init(&b, SHOW_VALUE_MAX);
    for (size_t i = 0; i < v->n; i++) {
        buf_put_str(&b, i > 0 ? ", " : "");
        show_item(v->f, v->v[i], o->people, o->now, &b);
    }
    line_at(o, depth, v->f->name, v->n == 0 ? slice_str(_("none")) :
        slice_of_buf(&b));
    if (b.bad)
        show_cut(o, depth);
    buf_clear(&b);
}

enum err
show_whole(struct run *r, const struct show_opts *o)
{
    return o->cut == NULL || !*o->cut ? OK : command_fail(r, E_OVERSIZE,
        NULL, _("not all of it can be shown, and nobody signs what he has "
        "not seen"));
}

void
show_record(const struct show_opts *o, const struct rec *r, unsigned depth)
{
    for (size_t i = 0; depth < DEPTH_MAX && i < r->n; i++)
        show_value(o, &r->v[i], depth);
    if (depth >= DEPTH_MAX && r->n > 0)
        show_cut(o, depth);
}

static void
show_party(const struct show_opts *o, const char *label,
    struct slice authority)
{
    char who[MAIL_WHO_MAX + 1];

    if (o->directory != NULL) {
        mail_authority(o->directory, authority, who);
        show_line(o, label, slice_str(who));
    } else {
        show_line(o, label, authority);
    }
}

void
show_header(const struct show_opts *o, const struct message *m)
{
    static const char *const rows[] = { "officer", "created_at", "urgency",
        "urgency_reason", "lang", "expires_at", "case_ref" };
    char id[MAIL_ID_LEN + 1], title[64];

    mail_id(m, id);
    (void)snprintf(title, sizeof(title), "%s %s", m->kind->name, id);
    out_bold(o->out, title);
    (void)fputc('\n', o->out->f);
    show_party(o, "from", record_bytes(m->common, "from"));
    show_party(o, "to", record_bytes(m->common, "to"));
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct value *v = record_value(m->common, rows[i]);

        if (v != NULL)
            show_value(o, v, 0);
    }
    (void)fputc('\n', o->out->f);
}

const char *
show_answer(struct verdict v)
{
    return v.answer == VERDICT_YES ? _("yes") :
        v.answer == VERDICT_ASK ? _("ask the originator") : _("no");
}

const char *
show_answer_code(struct verdict v)
{
    static const char *const answers[] = { "no", "yes", "ask" };

    return answers[v.answer];
}

/* "yes", or "no: words of the code (V-043)". */
static void
show_act(const struct show_opts *o, enum may act, const struct rec *set,
    const struct policy_facts *facts)
{
    struct verdict v = policy_check(set, act, facts);
    char where[PURPOSE_WORDS_MAX], text[PURPOSE_WORDS_MAX + 64];
    const char *reason = purpose_elsewhere(set, act, facts, where,
        sizeof(where)) ? where : _(err_row(v.code)->text);

    if (v.answer == VERDICT_YES && set != NULL &&
        sentence_consent(set, act, facts, where, sizeof(where)))
        (void)snprintf(text, sizeof(text), "%s: %s", show_answer(v), where);
    else if (v.answer == VERDICT_YES)
        (void)snprintf(text, sizeof(text), "%s", show_answer(v));
    else
        (void)snprintf(text, sizeof(text), "%s: %s (V-%03u)",
            show_answer(v), reason, v.rule);
    show_line(o, policy_act_name(act), slice_str(text));
}

static bool
is_one_of(const char *name, const char *const *names, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(name, names[i]) == 0)
            return true;
    return false;
}

void
show_limits(const struct show_opts *o, const struct rec *set,
    struct slice caveat, const struct policy_facts *facts)
{
    /* These in this order, then what else there is. */
    static const char *const rows[] = { "originator", "audience",
        "named_officers", "purposes", "use_level", "proceedings", "actions",
        "onward", "subject_notice", "attribution", "protect_source", "conf",
        "valid_from", "use_until", "retain_until", "end_action", "export",
        "legal_basis" };
    static const char *const numbers[] = { "rv", "rid", "rrev" };

    out_bold(o->out, _("What may be done with it"));
    (void)fputc('\n', o->out->f);
    if (set == NULL)
        show_line(o, "limits", slice_str(_("not known: nothing")));
    for (size_t i = 0; set != NULL && i < sizeof(rows) / sizeof(rows[0]);
        i++) {
        const struct value *v = record_value(set, rows[i]);

        if (v != NULL)
            show_value(o, v, 0);
    }
    for (size_t i = 0; set != NULL && i < set->n; i++)
        if (!is_one_of(set->v[i].f->name, rows, sizeof(rows) /
            sizeof(rows[0])) && !is_one_of(set->v[i].f->name, numbers, 3))
            show_value(o, &set->v[i], 0);
    if (caveat.n > 0)
        show_line(o, "caveat", caveat);
    for (int act = MAY_PRINT; facts != NULL && act < MAY_ACTS; act++)
        show_act(o, (enum may)act, set, facts);
    (void)fputc('\n', o->out->f);
}

void
show_limits_members(const struct rec *set, const struct policy_facts *facts,
    struct emit *w)
{
    emit_key(w, "may");
    emit_list(w);
    for (int act = MAY_OPEN; act < MAY_ACTS; act++) {
        struct verdict v = policy_check(set, (enum may)act, facts);

        emit_object(w);
        emit_member(w, "act", policy_act_name((enum may)act));
        emit_member(w, "answer", show_answer_code(v));
        emit_member(w, "code", err_row(v.code)->name);
        emit_count(w, "rule", v.rule);
        emit_end(w);
    }
    emit_end(w);
}

void
show_content(const struct show_opts *o, const struct message *m)
{
    static const char *const rows[] = { "local_ref", "template" };
    const struct value *title;

    out_bold(o->out, _("Content"));
    (void)fputc('\n', o->out->f);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct value *v = record_value(m->common, rows[i]);

        if (v != NULL)
            show_value(o, v, 0);
    }
    /* What it is about stands before what it says, whatever the key. */
    if ((title = record_value(m->own, "title")) != NULL)
        show_value(o, title, 0);
    for (size_t i = 0; i < m->own->n; i++)
        if (strcmp(m->own->v[i].f->name, "title") != 0)
            show_value(o, &m->own->v[i], 0);
}
