#include <string.h>

#include "cli/files/copy_papers.h"
#include "cli/form/json.h"
#include "cli/text/sentence.h"
#include "cli/text/times.h"

void
copy_papers_content(struct copying *x, struct buf *b)
{
    const struct json_opts o = { x->r->env->domain, x->r->env->now,
        session_people(x->s) };
    struct emit w;

    emit_start(&w, b, false);
    json_write(&x->o.m, &o, &w);
    buf_put_str(b, "\n");
}

/* Which copy of what it is, by whom, when and what for. */
static void
put_copy(struct copying *x, struct emit *w)
{
    char text[2 * HASH_LEN + 1], who[JSON_LABEL_MAX + 1];

    emit_key(w, "copy");
    emit_object(w);
    emit_count(w, "number", x->number);
    hex_encode(SLICE(x->mail.digest), text);
    emit_member(w, "message_digest", text);
    hex_encode(message_bytes(&x->mail.m, "msg_id"), text);
    emit_member(w, "msg_id", text);
    mail_person(session_people(x->s), slice_of(mail_me(x->s), HASH_LEN),
        who);
    emit_member(w, "by", who);
    times_format((uint64_t)x->logged, text);
    emit_member(w, "at", text);
    emit_count(w, "entry", x->index);
    emit_member(w, "purpose", enum_name(&enum_purpose, x->facts.purpose));
    if (x->facts.proceeding.n > 0) {
        emit_key(w, "proceeding");
        emit_text(w, x->facts.proceeding);
    }
    emit_end(w);
}

void
copy_papers_limits(struct copying *x, struct buf *b)
{
    const struct json_opts o = { x->r->env->domain, x->r->env->now,
        session_people(x->s) };
    struct slice caveat = message_bytes(&x->o.m, "caveat");
    struct emit w;
    struct buf words;

    emit_start(&w, b, false);
    emit_object(&w);
    emit_member(&w, "schema", "valise.restrictions");
    emit_count(&w, "version", 1);
    buf_init(&words, SENTENCE_MAX);
    sentence_of(x->set, &x->facts, &words);
    emit_key(&w, "sentence");
    emit_text(&w, slice_of_buf(&words));
    buf_clear(&words);
    put_copy(x, &w);
    emit_key(&w, "restrictions");
    if (x->set != NULL)
        json_record_write(x->set, &o, &w);
    else
        emit_null(&w);
    if (caveat.n > 0) {
        emit_key(&w, "caveat");
        emit_text(&w, caveat);
    }
    emit_end(&w);
    buf_put_str(b, "\n");
}
