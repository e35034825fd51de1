#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <utf8proc.h>

#include "cli/files/names.h"
#include "cli/text/out.h"

#define SIGNS "/\\<>:\"|?*"             /* of a path, or of other systems */

/* Names that other systems take for devices, whatever comes behind. */
static const char *const devices[] = { "con", "prn", "aux", "nul", "com",
    "lpt" };

static bool
is_plain(int32_t c)
{
    return out_is_plain(c) && c >= ' ' &&
        !(c < 128 && strchr(SIGNS, c) != NULL);
}

/* Character by character, as many as fit. */
static void
replace(struct slice s, char out[static NAMES_MAX + 1])
{
    size_t n = 0;

    while (s.n > 0) {
        int32_t c;
        const size_t k = out_char(s, &c);
        const bool plain = c > 0 && is_plain(c);

        if (n + (plain ? k : 1) > NAMES_MAX)
            break;
        if (plain)
            memcpy(out + n, s.p, k);
        else
            out[n] = '_';
        n += plain ? k : 1;
        s = slice_of(s.p + k, s.n - k);
    }
    out[n] = '\0';
}

static bool
is_device(const char *name)
{
    const size_t n = strcspn(name, ".");

    for (size_t i = 0; i < sizeof(devices) / sizeof(devices[0]); i++) {
        const size_t k = strlen(devices[i]);

        if (n >= k && n <= k + 1 && strncasecmp(name, devices[i], k) == 0 &&
            (n == k) == (i < 4) &&
            (n == k || (name[k] >= '0' && name[k] <= '9')))
            return true;
    }
    return false;
}

static void
edges(char out[static NAMES_MAX + 1])
{
    size_t n = strlen(out);

    if (n == 0)
        (void)snprintf(out, NAMES_MAX + 1, "_");
    if (out[0] == '.' || out[0] == '-' || out[0] == ' ' || is_device(out))
        out[0] = '_';
    n = strlen(out);
    if (out[n - 1] == '.' || out[n - 1] == ' ')
        out[n - 1] = '_';
}

static void
compose(char out[static NAMES_MAX + 1])
{
    utf8proc_uint8_t *nfc = utf8proc_NFC((const utf8proc_uint8_t *)out);

    if (nfc != NULL && strlen((const char *)nfc) <= NAMES_MAX)
        (void)snprintf(out, NAMES_MAX + 1, "%s", (const char *)nfc);
    free(nfc);
}

bool
names_clean(struct slice s, char out[static NAMES_MAX + 1])
{
    replace(s, out);
    compose(out);
    edges(out);
    return !slice_equal(s, slice_str(out));
}

/* Where the name ends and ".pdf" begins. */
static size_t
stem_of(const char *name)
{
    const char *dot = strrchr(name, '.');
    const size_t n = strlen(name);

    return dot == NULL || dot == name || n - (size_t)(dot - name) > 16 ? n :
        (size_t)(dot - name);
}

/* What fits of the name before its ending, with a number between them. */
static void
join(const char *name, const char *number, size_t max,
    char out[static NAMES_MAX + 1])
{
    const size_t stem = stem_of(name);
    const char *end = name + stem;
    const size_t most = max - strlen(number) - strlen(end);
    size_t k = stem < most ? stem : most;

    /* Never in the middle of a character. */
    while (k < stem && k > 0 && ((uint8_t)name[k] & 0xc0) == 0x80)
        k--;
    (void)snprintf(out, NAMES_MAX + 1, "%.*s%s%s", (int)k, name, number,
        end);
}

void
names_number(const char *name, unsigned n, char out[static NAMES_MAX + 1])
{
    char number[16];

    (void)snprintf(number, sizeof(number), " (%u)", n);
    join(name, number, NAMES_MAX, out);
}

bool
names_short(const char *name, size_t max, char out[static NAMES_MAX + 1])
{
    join(name, "", max, out);
    if (strcmp(name, out) == 0)
        return false;
    edges(out);
    return true;
}
