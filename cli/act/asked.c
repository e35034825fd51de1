/*
 * asked: the same case, and each authority once.
 */
#include "cli/act/asked.h"

/* Whether it was sent in the case of m, and is one of those asked. */
static bool
belongs(const struct message *m, const struct mail *sent)
{
    return sent->out && sent->m.kind == m->kind &&
        slice_equal(message_bytes(&sent->m, "case_ref"),
        message_bytes(m, "case_ref"));
}

size_t
asked_count(const struct message *m, const struct mail *sent, size_t n)
{
    size_t count = 1;

    if (message_bytes(m, "case_ref").n == 0)
        return 0;
    for (size_t i = 0; i < n; i++) {
        const struct slice to = message_bytes(&sent[i].m, "to");
        bool again = !belongs(m, &sent[i]) ||
            slice_equal(to, message_bytes(m, "to"));

        for (size_t k = 0; !again && k < i; k++)
            again = belongs(m, &sent[k]) &&
                slice_equal(to, message_bytes(&sent[k].m, "to"));
        count += !again;
    }
    return count;
}

enum err
asked_of(struct session *s, const struct domain *d, const struct message *m,
    size_t *out)
{
    struct mail *sent;
    size_t n;
    enum err e;

    *out = 0;
    if (message_bytes(m, "case_ref").n == 0)
        return OK;
    if ((e = mail_list(s, d, ASK_OUT, &sent, &n)) != OK)
        return e;
    *out = asked_count(m, sent, n);
    return OK;
}
