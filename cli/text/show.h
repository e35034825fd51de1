/*
 * show: a message as people read it.
 *
 * The printer goes by the rows of the schemas, so it knows every kind.  What
 * comes from a peer goes through out.h and is never printed raw.
 */
#ifndef CLI_SHOW_H
#define CLI_SHOW_H

#include "cli/act/mail.h"

struct show_opts {
    const struct out *out;
    const struct json_people *people;   /* may be NULL */
    const struct directory *directory;  /* may be NULL */
    int64_t now;                        /* 0: times without what remains */
    bool *cut;              /* set where not all is shown; may be NULL */
};

/* Bytes of a value that is shown, more than any of the tables has. */
#define SHOW_VALUE_MAX (1u << 18)

/*
 * show_whole(r, o):
 * E_OVERSIZE if anything was cut since *o->cut was false: nobody signs what he
 * has not seen.  Reports its failure.
 */
MUST_USE enum err show_whole(struct run *r, const struct show_opts *o);

/*
 * show_line(o, label, text):
 * "    label   text", the text wrapped.
 */
void show_line(const struct show_opts *o, const char *label,
    struct slice text);

/*
 * show_item(f, item, people, now, b):
 * Append one value that is no record, in words: the name of a code, of a
 * person (people may be NULL), a time, with what remains of it where now is
 * not 0.
 */
void show_item(const struct field *f, union item item,
    const struct json_people *people, int64_t now, struct buf *b);

/*
 * show_header(o, m):
 * Who wrote to whom, when, how urgent.
 */
void show_header(const struct show_opts *o, const struct message *m);

/*
 * show_limits(o, set, caveat, facts):
 * What may be done with it, with the answer of policy_check for each act
 * where facts are not NULL.
 */
void show_limits(const struct show_opts *o, const struct rec *set,
    struct slice caveat, const struct policy_facts *facts);

/*
 * show_limits_members(set, facts, w):
 * "may" of the JSON object that is open: act, answer, code, rule.
 */
void show_limits_members(const struct rec *set,
    const struct policy_facts *facts, struct emit *w);

/*
 * show_content(o, m):
 * The fields of the kind, and what people read of the others.
 */
void show_content(const struct show_opts *o, const struct message *m);

/*
 * show_record(o, r, depth):
 * All fields of a record that are there.
 */
void show_record(const struct show_opts *o, const struct rec *r,
    unsigned depth);

/*
 * show_answer(v), show_answer_code(v):
 * "yes", "no" or "ask the originator"; for programs "yes", "no" or "ask".
 */
const char *show_answer(struct verdict v);
const char *show_answer_code(struct verdict v);

#endif
