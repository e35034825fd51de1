/*
 * formal: the formal request that a consultation was about, as a document.
 *
 * The order is that of the UN's request-writing tool: who asks, whom, (a) to
 * (f) of article 46(15), chapter V, legal basis, urgency, confidentiality
 * (46(20)), undertakings, the exchange, annexes, signature.  The texts are
 * those of draft_46_15 as the later CLARIFICATION_REPLYs, and last the officer
 * himself, amend them.
 *
 * What came from others goes in only where policy_check allows it (V-048).
 * What was left out is a list of its own, beside the document: to name there
 * what must not be quoted would be to quote it.
 */
#ifndef CLI_FORMAL_H
#define CLI_FORMAL_H

#include "cli/form/findings.h"
#include "cli/text/paper.h"
#include "cli/text/sheet.h"
#include "proto/hash.h"
#include "proto/policy.h"

#define FORMAL_PLACE_MAX 127

/* One message; what was not opened has its control half alone. */
struct formal_message {
    const struct message *m;
    const struct rec *set;          /* that governs it; or NULL */
    bool out;                       /* of the own authority */
    bool counts;                    /* its place in the thread allows it */
    int64_t at;                     /* when the own node took it */
    char place[FORMAL_PLACE_MAX + 1];   /* in whose log, proven; "" */
    struct verdict may;             /* of MAY_FORMALISE */
};

struct formal_annex {
    const char *name;               /* of the file in the pack */
    uint64_t size;
    uint8_t digest[HASH_LEN];       /* SHA-256 */
};

/* What the request is made from; all borrowed. */
struct formal_source {
    struct arena *a;
    struct slice own, peer;         /* authorities */
    const struct rec *own_card, *peer_card;
    const struct formal_message *v; /* the thread in its order, the
                                     * CONSULTATION first */
    size_t n;
    const struct formal_message *also;  /* of other threads */
    size_t n_also;
    const struct formal_annex *annex;
    size_t n_annex;
    const struct rec *amend;        /* fields of the CONSULTATION as the
                                     * officer says them last; or NULL */
    const char *ref;                /* of the formal request */
    int64_t now;
};

struct formal {
    struct rec *draft;              /* fields of the CONSULTATION, amended */
    struct paper *paper;
    bool chapter_v;
    struct sheet left;              /* "message kind from code rule ask
                                     * why"; ask is the consent that would
                                     * allow it */
};

/*
 * formal_read(src, out), formal_check(f, l):
 * Take the consultation and what amends it.  E_FIELD_MISSING where it is not
 * about a request.  Then V-046, each fault by the heading it is under:
 * E_MLA_INCOMPLETE.  TBD is nothing.
 */
MUST_USE enum err formal_read(const struct formal_source *src,
    struct formal *out);
MUST_USE enum err formal_check(const struct formal *f, struct findings *l);

/*
 * formal_write(src, f):
 * Make the document and the list of what was left out.  ERR_NOMEM.
 */
MUST_USE enum err formal_write(const struct formal_source *src,
    struct formal *f);

/*
 * formal_words(name, b):
 * A code as a request says it: UNCAC_46_4 is "article 46(4)",
 * UNCAC_17_EMBEZZLEMENT "article 17 (embezzlement)", A46_3_F_RECORDS
 * "article 46(3)(f) (records)", others are words.
 */
void formal_words(const char *name, struct buf *b);

/*
 * formal_text(r, name):
 * A text of the draft, empty where it is absent or TBD.
 */
struct slice formal_text(const struct rec *r, const char *name);

#endif
