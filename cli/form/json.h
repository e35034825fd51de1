/*
 * json: a message as JSON, and back, by the rows of its records.
 *
 * Common fields stand at the top, those of the kind under "body", the limits
 * on use under "restrictions" with the caveat among them.  null and "" mean
 * absent, and so does false of an optional flag of a message; one value where a
 * list is meant is a list of one; a list of limits that is left out is empty,
 * which is the strictest.  Codes and kinds go by name, times are RFC 3339 or
 * relative (see times.h), ids hexadecimal, persons "QN-FIU/o-114", amounts
 * strings.  The amended fields of a kind stand beside the name of the kind.
 * Texts are made NFC.  A member twice, a number that is no integer and an
 * unknown member are faults.
 */
#ifndef CLI_JSON_H
#define CLI_JSON_H

#include "cli/form/findings.h"
#include "cli/text/emit.h"
#include "proto/message.h"

#define JSON_MAX (1u << 20)         /* bytes of a form */
#define JSON_LABEL_MAX 96           /* "QN-FIU/o-114" */

/* Who is behind a label, and back; without it only hex is known. */
struct json_people {
    bool (*find)(void *arg, struct slice label, uint8_t kid[static HASH_LEN]);
    bool (*label)(void *arg, struct slice kid,
        char out[static JSON_LABEL_MAX + 1]);
    void *arg;
};

struct json_opts {
    const struct domain *domain;
    int64_t now;                    /* for relative times */
    const struct json_people *people;   /* may be NULL */
};

/* What a form says beside the message. */
struct json_extra {
    bool approver;                  /* a second person shall sign */
    char label[JSON_LABEL_MAX + 1]; /* who; "" leaves it to the office */
};

/*
 * json_read(a, text, opts, out, extra, l):
 * Make a message in the arena.  All faults found go into l, and the code of
 * the first is returned.  Then *out holds what could be read, for
 * findings_check to name what else is wrong, and for nothing else; out->common
 * is NULL where not even the kind could be read.  On OK presence and bounds
 * are still to be checked.  E_OVERSIZE without a finding: the arena is too
 * small.
 */
MUST_USE enum err json_read(struct arena *a, struct slice text,
    const struct json_opts *opts, struct message *out,
    struct json_extra *extra, struct findings *l);

/*
 * json_typed(a, f, path, text, opts, out, l):
 * One item of a field that is no record, as a person types it: a code by its
 * name, yes or no, a number, a time, a person, a text.  False with a finding
 * at path.
 */
bool json_typed(struct arena *a, const struct field *f, const char *path,
    struct slice text, const struct json_opts *opts, union item *out,
    struct findings *l);

/*
 * json_write(m, opts, w):
 * Write the message as one object: members in the order of the rows, only
 * what is there.  A person whom nobody knows is written in hexadecimal.
 */
void json_write(const struct message *m, const struct json_opts *opts,
    struct emit *w);

/*
 * json_members(m, opts, w):
 * The same without the braces, into the object that is open.
 */
void json_members(const struct message *m, const struct json_opts *opts,
    struct emit *w);

/*
 * json_value_write(v, opts, w):
 * One member of the object that is open.
 */
void json_value_write(const struct value *v, const struct json_opts *opts,
    struct emit *w);

/* Where one record stands: text is an object, or, where member is not NULL,
 * a list of them of which the one is meant whose member has this value. */
struct json_source {
    struct slice text;
    const char *member;
    const char *value;
    size_t most;                    /* bytes of text; 0: JSON_MAX */
};

/*
 * json_record_read(a, schema, in, opts, out, l):
 * The same as json_read for one record of any schema.  Only its rows are
 * known; what a list holds beside the entry that is meant is not looked at.
 * E_NOT_FOUND where no entry is the one.  On OK presence and bounds are
 * still to be checked: see findings_check_record.
 */
MUST_USE enum err json_record_read(struct arena *a,
    const struct record *schema, const struct json_source *in,
    const struct json_opts *opts, struct rec **out, struct findings *l);

/*
 * json_record_write(r, opts, w):
 * Write one record as an object.
 */
void json_record_write(const struct rec *r, const struct json_opts *opts,
    struct emit *w);

#endif
