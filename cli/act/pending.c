#include <string.h>
#include <strings.h>

#include "cli/act/pending.h"
#include "cli/text/text.h"

enum err
pending_list(struct run *r, struct session *s, struct mail **all, size_t *n)
{
    enum err e = mail_list(s, r->env->domain, ASK_WAITING, all, n);

    /* Before the first list of officers nobody has a role yet, and lists
     * wait all the same. */
    if (e == E_ROLE) {
        *n = 0;
        e = OK;
    }
    return e != OK ? command_fail(r, e, NULL, NULL) : OK;
}

enum err
pending_find(struct run *r, struct session *s, const char *id,
    struct mail *out)
{
    struct mail *all;
    size_t n, found = 0;
    enum err e;

    if ((e = mail_id_check(r, id)) != OK ||
        (e = pending_list(r, s, &all, &n)) != OK)
        return e;
    for (size_t i = 0; i < n; i++) {
        char hex[2 * MSG_ID_LEN + 1] = "";

        hex_encode(message_bytes(&all[i].m, "msg_id"), hex);
        if (strncasecmp(hex, id, strlen(id)) != 0)
            continue;
        *out = all[i];
        found++;
    }
    if (found > 1)
        return command_fail(r, ERR_USAGE, id,
            _("several messages begin so: write more of the id"));
    return found == 1 ? OK : ERR_NOTFOUND;
}
