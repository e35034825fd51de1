/*
 * findings: all faults of a form, not only the first.
 *
 * Paths are those of the form in JSON: "body.title",
 * "restrictions.caveat", "body.parts[1].text".
 */
#ifndef CLI_FINDINGS_H
#define CLI_FINDINGS_H

#include "proto/message.h"

#define FINDINGS_MAX 64
#define FINDING_HINT_MAX 255

struct finding {
    struct fault fault;
    char hint[FINDING_HINT_MAX + 1];    /* "": the hint of the code */
};

struct findings {
    struct finding v[FINDINGS_MAX];
    size_t n;
    bool cut;                   /* there were more */
};

/*
 * findings_add(l, e, rule, path, hint, ...):
 * Add a fault and return its code.  rule 0 is that of the code; where the
 * rule has a code of its own (the restriction set, an answer) that code is
 * given.  hint is a format or NULL.  What stands there already with the same
 * path and code is not added again.
 */
enum err findings_add(struct findings *l, enum err e, uint16_t rule,
    const char *path, const char *hint, ...)
    __attribute__((format(printf, 5, 6)));

/*
 * findings_check(a, m, l):
 * What message_check finds, all of it, except that a field which the client
 * fills (F_AUTO) may be absent.  What is wrong at or below a path that has a
 * finding already is not named a second time.
 */
MUST_USE enum err findings_check(struct arena *a, const struct message *m,
    struct findings *l);

/*
 * findings_check_record(a, r, l):
 * The same for one record alone.
 */
MUST_USE enum err findings_check_record(struct arena *a, const struct rec *r,
    struct findings *l);

/*
 * findings_codes(en, out):
 * What a code must be, for a hint: "one of A, B", or where that is too long
 * how to list them.
 */
void findings_codes(const struct enumeration *en,
    char out[static FINDING_HINT_MAX + 1]);

/*
 * findings_path(m, path, out):
 * The path in JSON of a path of the record layer ("title").
 */
void findings_path(const struct message *m, const char *path,
    char out[static FAULT_PATH_MAX + 1]);

/*
 * findings_first(l):
 * The code of the first fault; OK if there is none.
 */
enum err findings_first(const struct findings *l);

#endif
