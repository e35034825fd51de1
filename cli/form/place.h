/*
 * place: a field of a form, found by its path, and what a person types
 * there.
 *
 * Paths are those of the form in JSON: "urgency", "body.reasons[0].code",
 * "restrictions.caveat".  The interview, the options of short names and
 * `valise do --set` fill a message this way.
 */
#ifndef CLI_PLACE_H
#define CLI_PLACE_H

#include "cli/form/json.h"

struct place {
    struct rec *r;
    const struct field *f;
    char path[FAULT_PATH_MAX + 1];
};

/*
 * place_find(a, m, path, out):
 * The field that a path means.  Records on the way are made where they are
 * missing, and one more of a list where the index is its length.  False
 * where there is no such field, where the client fills it (F_AUTO), or with
 * a gap in a list.  Of alternatives ("iban|account_number bic") it is the
 * first field that is missing of the first one.
 */
bool place_find(struct arena *a, const struct message *m, const char *path,
    struct place *out);

/*
 * place_any(a, m, path, out):
 * The same with fields that the client fills, where it is told to.
 */
bool place_any(struct arena *a, const struct message *m, const char *path,
    struct place *out);

/*
 * place_choose(path, word, out):
 * The path with its alternatives replaced by the one that has the field
 * word; false if none has it, or path has no alternatives.
 */
bool place_choose(const char *path, struct slice word,
    char out[static FAULT_PATH_MAX + 1]);

/*
 * place_put(a, p, text, opts, l):
 * Put what a person typed: words separated by blanks or commas where the
 * field is a list.  What does not fit is a finding in l, and the field keeps
 * what it has; the code returned is only for memory.
 */
MUST_USE enum err place_put(struct arena *a, const struct place *p,
    struct slice text, const struct json_opts *opts, struct findings *l);

/*
 * place_more(a, p):
 * One more, empty, record in a list of records; or the one where it is none.
 */
MUST_USE enum err place_more(struct arena *a, const struct place *p);

/*
 * place_next(a, p):
 * The same; where the records of the list have short names of their own (q,
 * part_id, doc_id), the new one has the next: q2.
 */
MUST_USE enum err place_next(struct arena *a, const struct place *p);

#endif
