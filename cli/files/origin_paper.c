/*
 * The certificate of origin: who sent what to whom, when, under which limits,
 * the SHA-256 of each file, who had them, and where both logs have it.  What
 * it does not certify stands in it too.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/files/origin.h"
#include "cli/text/sentence.h"
#include "cli/text/text.h"
#include "cli/text/times.h"
#include "keys/digits.h"
#include "proto/receipt.h"

#define LINE_BYTES 960
#define WHAT_BYTES 192

struct writing {
    struct saving *x;
    const struct rec *proof;
    const struct custody *custody;
    struct paper *p;
};

static void
field(const struct writing *w, const char *label, const char *text)
{
    if (text[0] != '\0')
        paper_add(w->p, PAPER_FIELD, label, slice_str(text));
}

static void
party(const struct writing *w, const char *label, struct slice id)
{
    const struct directory *d = session_directory(w->x->c->s);
    const struct rec *card = directory_find(d, TRUST_CARD, id, 0, NULL);
    char who[MAIL_WHO_MAX + 1], digits[DIGITS_SIDE + 1],
        grouped[2 * DIGITS_SIDE];

    mail_authority(d, id, who);
    field(w, label, who);
    if (card == NULL)
        return;
    digits_of_root((struct digits_side){ record_bytes(card, "root").p, id },
        digits);
    digits_group(digits, grouped, sizeof(grouped));
    field(w, _("Digits of its root"), grouped);
}

/* The second person, where two had to sign. */
static void
write_approver(const struct writing *w)
{
    const struct copying *c = w->x->c;
    char who[JSON_LABEL_MAX + 1];
    struct signature second;

    if (message_uint(&c->mail.m, "approval") == 0 || c->mail.env.n_sigs < 2)
        return;
    envelope_sig(&c->mail.env, 1, &second);
    mail_person(session_people(c->s), SLICE(second.kid), who);
    field(w, _("Approved and signed by"), who);
}

/* Who let it pass, where that is neither of the two. */
static void
write_consents(const struct writing *w)
{
    const struct message *m = &w->x->c->mail.m;
    struct slice of[ORIGIN_OTHERS];
    const size_t n = origin_others(m, message_bytes(m, "from"), of);

    for (size_t i = 0; i < n; i++)
        if (!slice_equal(of[i], message_bytes(m, "to")))
            party(w, _("With the consent of"), of[i]);
}

static void
write_message(const struct writing *w)
{
    const struct copying *c = w->x->c;
    char text[LINE_BYTES], id[2 * HASH_LEN + 1], who[JSON_LABEL_MAX + 1];

    paper_add(w->p, PAPER_HEADING, _("What was sent"), SLICE_EMPTY);
    party(w, _("From"), message_bytes(&c->mail.m, "from"));
    party(w, _("To"), message_bytes(&c->mail.m, "to"));
    write_consents(w);
    mail_person(session_people(c->s), message_bytes(&c->mail.m, "officer"),
        who);
    field(w, _("Signed by"), who);
    write_approver(w);
    times_format(message_uint(&c->mail.m, "created_at"), text);
    field(w, _("Sealed"), text);
    field(w, _("Kind"), c->mail.m.kind->name);
    hex_encode(message_bytes(&c->mail.m, "msg_id"), id);
    field(w, _("Message"), id);
    hex_encode(SLICE(c->mail.digest), id);
    field(w, _("Digest of its header"), id);
}

static void
write_use(const struct writing *w)
{
    struct copying *c = w->x->c;
    char text[LINE_BYTES];
    struct buf b;

    paper_add(w->p, PAPER_HEADING, _("What it may be used "
        "for"), SLICE_EMPTY);
    (void)snprintf(text, sizeof(text), "%.*s", (int)c->facts.proceeding.n,
        (const char *)c->facts.proceeding.p);
    field(w, _("Proceeding"), text);
    field(w, _("Purpose"), enum_name(&enum_purpose, c->facts.purpose));
    buf_init(&b, SENTENCE_MAX);
    sentence_of(c->set, &c->facts, &b);
    paper_add(w->p, PAPER_FIELD, _("Limits"), slice_of_buf(&b));
    buf_clear(&b);
}

/* The lines of SHA256SUMS, as many as are at hand. */
static void
write_files(const struct writing *w)
{
    struct slice s = slice_of_buf(&w->x->sums);
    char text[LINE_BYTES];
    uint64_t n = 0;

    paper_add(w->p, PAPER_HEADING, _("Files, with their "
        "SHA-256"), SLICE_EMPTY);
    while (s.n > 0) {
        const uint8_t *end = memchr(s.p, '\n', s.n);
        const size_t k = end == NULL ? s.n : (size_t)(end - s.p);

        paper_add(w->p, PAPER_ITEM, "", slice_of(s.p, k));
        n++;
        s = slice_of(s.p + k, s.n - k);
        if (s.n > 0)
            s = slice_of(s.p + 1, s.n - 1);
    }
    if (n == w->x->saved)
        return;
    (void)snprintf(text, sizeof(text), _("%" PRIu64 " files in all; the "
        "others stand in SHA256SUMS beside this."), w->x->saved);
    paper_add(w->p, PAPER_TEXT, "", slice_str(text));
}

/* " no. 2, for PROSECUTION in QM-CR-88" */
static void
put_what(const struct custody_step *x, char out[static WHAT_BYTES])
{
    const char *purpose = enum_name(&enum_purpose, x->purpose);
    size_t n = 0;

    out[0] = '\0';
    if (x->number > 0)
        n += (size_t)snprintf(out + n, WHAT_BYTES - n, _(" no. %" PRIu64),
            x->number);
    if (x->purpose > 0 && purpose != NULL)
        n += (size_t)snprintf(out + n, WHAT_BYTES - n, _(", for %.40s"),
            purpose);
    if (x->proceeding.n > 0)
        (void)snprintf(out + n, WHAT_BYTES - n, _(" in %.*s"),
            (int)x->proceeding.n, (const char *)x->proceeding.p);
}

static void
write_custody(const struct writing *w)
{
    char at[TIMES_LEN + 1], text[LINE_BYTES], what[WHAT_BYTES];

    paper_add(w->p, PAPER_HEADING, _("Who had them, and what was done with "
        "them"), SLICE_EMPTY);
    for (size_t i = 0; i < w->custody->n; i++) {
        const struct custody_step *x = &w->custody->v[i];
        const char *state = custody_state(x);

        times_format((uint64_t)x->at, at);
        put_what(x, what);
        (void)snprintf(text, sizeof(text), "%s %s%s, %.180s%s%.180s "
            "(%.160s)%s%s", at, x->action, what, x->by, x->to[0] != '\0' ?
            " -> " : "", x->to, x->proof, state[0] != '\0' ? ": " : "",
            state);
        paper_add(w->p, PAPER_ITEM, "", slice_str(text));
    }
}

/* Of what was sent; what came in has reached who made this. */
static void
write_arrival(const struct writing *w)
{
    const struct message *m = &w->x->c->mail.m;
    const struct value *v = record_value(w->proof, "receipts");
    const struct slice to = message_bytes(m, "to");
    char text[LINE_BYTES];

    for (size_t i = 0; v != NULL && i < v->n; i++)
        if (slice_equal(record_bytes(v->v[i].r, "log_of"), to))
            return;
    (void)snprintf(text, sizeof(text), _("no receipt of %.*s is here: "
        "nothing proves that it ever came there"), (int)to.n,
        (const char *)to.p);
    paper_add(w->p, PAPER_ITEM, "", slice_str(text));
}

static void
write_logs(const struct writing *w)
{
    static const char *const lists[] = { "receipts", "countersigned",
        "logs" };
    char text[LINE_BYTES];

    paper_add(w->p, PAPER_HEADING, _("Where the logs have "
        "it"), SLICE_EMPTY);
    for (size_t l = 0; l < 3; l++) {
        const struct value *v = record_value(w->proof, lists[l]);

        for (size_t i = 0; v != NULL && i < v->n; i++) {
            const struct slice of = record_bytes(v->v[i].r, l == 1 ? "by" :
                "log_of");
            struct note_checkpoint c;
            struct receipt rc;
            struct note note;

            if (note_decode(record_bytes(v->v[i].r, "note"), &note) != OK ||
                note_body_decode(note.body, &c) != OK)
                continue;
            if (l == 0 && receipt_decode(record_bytes(v->v[i].r, "receipt"),
                &rc) == OK)
                (void)snprintf(text, sizeof(text), _("entry %" PRIu64
                    " of the log %.*s, of %" PRIu64 " entries then"),
                    rc.index, (int)c.origin.n, (const char *)c.origin.p,
                    c.size);
            else
                (void)snprintf(text, sizeof(text), l == 1 ?
                    _("%.*s has countersigned %.*s at %" PRIu64 " entries") :
                    _("log of %.*s: %.*s, %" PRIu64 " entries were seen"),
                    (int)of.n, (const char *)of.p, (int)c.origin.n,
                    (const char *)c.origin.p, c.size);
            paper_add(w->p, PAPER_ITEM, "", slice_str(text));
        }
    }
    write_arrival(w);
}

static void
write_check(const struct writing *w)
{
    static const char *const steps[] = {
        N_("sha256sum -c SHA256SUMS: each file is unchanged since this was "
        "written."),
        N_("valise verify-origin DIR, on any machine, without a network and "
        "without keys: the officers named above signed a header that fixes "
        "the list of files; each file here stands in that list with this "
        "SHA-256; no other file lies among them; the entries of the logs "
        "are there, that of this use with its officer, purpose and "
        "proceeding; and the papers, this one among them, are to the letter "
        "what that officer signed in proof.sig."),
        N_("Ask each authority, by telephone, for the digits of its root and "
        "compare them with those above: all of the proof hangs on them."),
    };
    static const char *const not[] = {
        N_("It does not say that what the files tell is true, nor how they "
        "came about before the first step above: those steps are the "
        "sender's own words, under his signature."),
        N_("The papers beside the files, this one, the content of the "
        "message and its limits among them, are who made this proof signing "
        "for what he wrote: that nobody altered them since is proven, that "
        "they say what the sender sealed is his word."),
        N_("Of what was done with them here before, it says what the log "
        "has: each entry that is named above stands there, at that time, "
        "about this message, which proof.json shows. Which officer that was, "
        "for what and in which proceeding was checked against his signature "
        "by who made this, and is in proof.json for this use and its copy "
        "alone; the number of a copy is this side's word."),
        N_("Whoever has proof.json can read the names and digests of all "
        "files that were sent together, and, where he gets hold of the "
        "sealed blocks, those files."),
    };

    paper_add(w->p, PAPER_HEADING, _("How it is checked"), SLICE_EMPTY);
    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
        paper_add(w->p, PAPER_ITEM, "", slice_str(_(steps[i])));
    paper_add(w->p, PAPER_HEADING, _("What it does not say"), SLICE_EMPTY);
    for (size_t i = 0; i < sizeof(not) / sizeof(not[0]); i++)
        paper_add(w->p, PAPER_ITEM, "", slice_str(_(not[i])));
}

static void
write_signature(const struct writing *w)
{
    static const char *const lines[] = { N_("Place and date"), N_("Name"),
        N_("Function"), N_("Signature"), N_("Seal") };

    paper_add(w->p, PAPER_HEADING, _("Signature"), SLICE_EMPTY);
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
        paper_add(w->p, PAPER_SIGN, _(lines[i]), SLICE_EMPTY);
}

enum err
origin_paper(struct saving *x, const struct rec *proof,
    const struct custody *custody, struct buf *html, struct buf *text)
{
    struct writing w = { .x = x, .proof = proof, .custody = custody };
    enum err e;

    if ((e = paper_new(session_arena(x->c->s), slice_str("en"), &w.p)) != OK)
        return e;
    paper_add(w.p, PAPER_TITLE, "", slice_str(_("Certificate of origin")));
    write_message(&w);
    write_use(&w);
    write_files(&w);
    write_custody(&w);
    write_logs(&w);
    write_check(&w);
    write_signature(&w);
    if ((e = paper_html(w.p, html)) != OK)
        return e;
    return paper_text(w.p, text);
}
