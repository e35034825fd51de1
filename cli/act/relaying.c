#include <stdio.h>

#include "cli/act/relaying.h"
#include "proto/enums.h"
#include "proto/kinds.h"

/* Whether a consent has run out, or was revoked. */
static bool
is_ended(const struct mail_boxes *b, const struct rec *consent, int64_t now)
{
    const struct slice id = record_bytes(consent, "consent_id");

    for (size_t i = 0; i < b->n[0]; i++)
        if (b->v[0][i].m.kind->n == KIND_CONSENT_REVOKE && slice_equal(
            message_bytes(&b->v[0][i].m, "consent_id"), id))
            return true;
    return now >= (int64_t)record_uint(consent, "expires_at");
}

const struct mail *
relaying_decided(const struct mail_boxes *b, const struct message *asked,
    int64_t now)
{
    const struct slice from = message_bytes(asked, "from");
    const struct slice behalf = message_bytes(asked, "on_behalf_of");
    const struct mail *best = NULL;

    for (size_t i = 0; i < b->n[0]; i++) {
        const struct mail *m = &b->v[0][i];
        const struct rec *c = m->m.kind->n == KIND_CONSENT_DECISION ?
            message_rec(&m->m, "consent") : NULL;
        const struct slice grantee = record_bytes(c, "grantee");

        if (c != NULL && !is_ended(b, c, now) && (slice_equal(grantee, from) ||
            slice_equal(grantee, behalf)) &&
            record_uint(c, "consent_type") == message_uint(asked,
            "consent_type") && slice_equal(record_bytes(c, "onward_to"),
            message_bytes(asked, "onward_to")) && (best == NULL ||
            message_uint(&m->m, "created_at") > message_uint(&best->m,
            "created_at")))
            best = m;
    }
    return best;
}

bool
relaying_asked(const struct mail_boxes *b, const struct message *asked,
    struct slice source)
{
    for (size_t i = 0; i < b->n[1]; i++) {
        const struct message *m = &b->v[1][i].m;

        if (m->kind->n == KIND_CONSENT_REQUEST && slice_equal(
            message_bytes(m, "target_msg"), source) && slice_equal(
            message_bytes(m, "on_behalf_of"), message_bytes(asked, "from")))
            return true;
    }
    return false;
}

void
relaying_question(const struct message *asked, struct slice source,
    size_t max, char *way)
{
    const struct slice from = message_bytes(asked, "from");
    const struct slice to = message_bytes(asked, "onward_to");
    const char *type = enum_name(&enum_consent_type, message_uint(asked,
        "consent_type"));
    char id[MAIL_ID_LEN + 1];

    hex_encode(slice_of(source.p, MAIL_ID_LEN / 2), id);
    (void)snprintf(way, max, "valise consent ask %s %s %.*s --behalf "
        "%.*s", id, to.n > 0 ? "--to" : "--type", to.n > 0 ? (int)to.n :
        (int)max, to.n > 0 ? (const char *)to.p : type != NULL ? type : "",
        (int)from.n, (const char *)from.p);
}
