#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "cli/command/hint.h"

#define COMMAND "valise "

static bool
begins(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

void
hint_id(const char *args, const char *operand,
    char id[static HINT_ID_LEN + 1])
{
    size_t n = 0;

    id[0] = '\0';
    args += *args == '[';
    if (operand == NULL || !begins(args, "ID") ||
        isalpha((unsigned char)args[2]))
        return;
    for (; n < HINT_ID_LEN && isxdigit((unsigned char)operand[n]); n++)
        id[n] = (char)tolower((unsigned char)operand[n]);
    id[n < HINT_ID_LEN ? 0 : n] = '\0';
}

/* "ID" as a word of its own, and not "COURT:ID" or "ID:". */
static bool
is_operand(const char *hint, size_t i)
{
    return i > 0 && hint[i - 1] == ' ' && begins(hint + i, "ID") &&
        !isalnum((unsigned char)hint[i + 2]) && hint[i + 2] != ':';
}

void
hint_about(const char *hint, const char *id,
    char out[static HINT_MAX + 1])
{
    const size_t id_len = strlen(id);
    bool command = false;
    size_t n = 0;

    for (size_t i = 0; hint[i] != '\0' && n < HINT_MAX; i++) {
        command = begins(hint + i, COMMAND) || (command &&
            strchr(";,.:", hint[i]) == NULL && !begins(hint + i, "--"));
        if (command && id_len > 0 && is_operand(hint, i) &&
            n + id_len <= HINT_MAX) {
            memcpy(out + n, id, id_len);
            n += id_len;
            i++;
        } else {
            out[n++] = hint[i];
        }
    }
    out[n] = '\0';
}
