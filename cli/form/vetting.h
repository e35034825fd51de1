/*
 * vetting: all that speaks against a form, and what would be sent.
 *
 * `valise check` does this with what stands in the form alone; sending does
 * it with cards and thread, so that one and the same code names the faults.
 */
#ifndef CLI_VETTING_H
#define CLI_VETTING_H

#include "cli/command/command.h"
#include "cli/form/json.h"
#include "proto/rules.h"

#define ALERTS_MAX 16

/* What does not block. */
struct alerts {
    struct fault v[ALERTS_MAX];
    size_t n;
};

struct vetting {
    const struct domain *domain;
    unsigned where;                     /* RULE_SENDER | RULE_CLIENT */
    const struct rule_facts *facts;
    /* Rules that this returns true for are not asked; NULL: all are. */
    bool (*skip)(void *arg, const struct rule *rule);
    void *arg;
};

/*
 * vetting_rules(v, m, l, alerts):
 * Ask each rule alone, so that the first that blocks does not hide the rest;
 * and that parts and relations name subjects that there are.
 */
void vetting_rules(const struct vetting *v, const struct message *m,
    struct findings *l, struct alerts *alerts);

/*
 * vetting_approver(people, author, extra, l):
 * A finding where the approver whom the form names is not on the list of the
 * own authority, or is the author.
 */
void vetting_approver(const struct json_people *people,
    const uint8_t author[static HASH_LEN], const struct json_extra *extra,
    struct findings *l);

/* Bytes of the two halves. */
struct sizes {
    size_t control, body;
};

/*
 * vetting_sizes(m, l, out):
 * Measure both halves; a half that is too large is a finding, with the
 * longest text named.
 */
void vetting_sizes(const struct message *m, struct findings *l,
    struct sizes *out);

/*
 * vetting_summary(m, extra, s), columns "field value":
 * Rows about what would be sent.
 */
void vetting_summary(const struct message *m, const struct json_extra *extra,
    struct sheet *s);

/*
 * vetting_limits(set, people, s):
 * Rows about the limits under which it goes, all of them but the numbers that
 * the client gives a set; set may be NULL.
 */
void vetting_limits(const struct rec *set, const struct json_people *people,
    struct sheet *s);

/*
 * vetting_value(v, up, o, s):
 * Rows about one field and what is below it: "conditions[0].code".  Times
 * have what remains of them where o->now is not 0.
 */
struct vetting_opts {
    const struct json_people *people;   /* may be NULL */
    int64_t now;
};
void vetting_value(const struct value *v, const char *up,
    const struct vetting_opts *o, struct sheet *s);

/*
 * vetting_codes(s, r, name):
 * A row with the codes of a field, by name.
 */
void vetting_codes(struct sheet *s, const struct rec *r, const char *name);

/*
 * vetting_row(s, what, value):
 * One such row; none for an empty value.  No row is shorter than what people
 * sign by it: a value that is longer than VETTING_TEXT_MAX, which is more than
 * a message can have, fails the sheet with E_OVERSIZE, and nothing is signed.
 */
#define VETTING_TEXT_MAX (1u << 18)
void vetting_row(struct sheet *s, const char *what, struct slice value);

/*
 * vetting_members(l, alerts, w):
 * "faults" and "alerts" of the object that is open.
 */
void vetting_members(const struct findings *l, const struct alerts *alerts,
    struct emit *w);

#endif
