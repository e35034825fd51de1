#include <string.h>

#include "proto/text.h"

#define TEXT_MAX 65536

static bool
upper(uint8_t c)
{
    return c >= 'A' && c <= 'Z';
}

static bool
digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

static bool
letter(uint8_t c)
{
    return upper(c) || (c >= 'a' && c <= 'z');
}

/* One UTF-8 character at s.p[i]; s is valid UTF-8. */
static uint32_t
next_char(struct slice s, size_t *i)
{
    uint8_t c = s.p[(*i)++];
    uint32_t v;
    int more;

    if (c < 0x80)
        return c;
    more = c < 0xe0 ? 1 : c < 0xf0 ? 2 : 3;
    v = c & (0x3fu >> more);
    while (more-- > 0)
        v = v << 6 | (s.p[(*i)++] & 0x3f);
    return v;
}

static bool
is_control(uint32_t c)
{
    return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x2028 || c == 0x2029;
}

/* Characters that change the direction or order of what follows. */
static bool
is_bidi(uint32_t c)
{
    return (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) ||
        c == 0x200e || c == 0x200f || c == 0x061c;
}

static bool
prose(struct slice s, size_t min, bool lines)
{
    size_t chars = 0, inner = 0;

    if (!wire_utf8(s))
        return false;
    for (size_t i = 0; i < s.n;) {
        uint32_t c = next_char(s, &i);

        if (lines && (c == '\n' || c == '\t')) {
            chars += chars > 0;
            continue;
        }
        if (is_control(c) || (!lines && is_bidi(c)))
            return false;
        chars += c != ' ' || chars > 0;
        if (c != ' ')
            inner = chars;
    }
    return inner >= min;
}

static bool
line_ok(struct slice s, size_t min)
{
    return prose(s, min, false);
}

static bool
text_ok(struct slice s, size_t min)
{
    return prose(s, min, true);
}

static bool
bytes_ok(struct slice s, size_t min)
{
    return s.n >= min;
}

static bool
token_ok(struct slice s, size_t min)
{
    for (size_t i = 0; i < s.n; i++) {
        uint8_t c = s.p[i];

        if (!digit(c) && !(c >= 'a' && c <= 'z') && c != '-')
            return false;
    }
    return s.n >= min && s.n > 0;
}

static bool
id_ok(struct slice s, size_t min)
{
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] <= ' ' || s.p[i] > '~')
            return false;
    }
    return s.n >= min && s.n > 0;
}

static bool
country_ok(struct slice s, size_t min)
{
    (void)min;
    return s.n == 2 && upper(s.p[0]) && upper(s.p[1]);
}

static bool
authority_ok(struct slice s, size_t min)
{
    (void)min;
    if (s.n < 5 || s.n > 19 || !upper(s.p[0]) || !upper(s.p[1]) ||
        s.p[2] != '-')
        return false;
    for (size_t i = 3; i < s.n; i++) {
        if (!upper(s.p[i]) && !digit(s.p[i]))
            return false;
    }
    return true;
}

static bool
party_ok(struct slice s, size_t min)
{
    const uint8_t *at = memchr(s.p, '@', s.n);
    const uint8_t *colon = memchr(s.p, ':', s.n);
    size_t word = 0;

    if (authority_ok(s, min))
        return true;
    if (!id_ok(s, 1))
        return false;
    while (word < s.n && (upper(s.p[word]) || s.p[word] == '_'))
        word++;
    if (colon != NULL)
        return word > 0 && s.p + word == colon && colon + 1 < s.p + s.n;
    return at != NULL && word > 0 && s.p + word == at &&
        country_ok(slice_of(at + 1, (size_t)(s.p + s.n - at - 1)), 0);
}

static bool
lang_ok(struct slice s, size_t min)
{
    (void)min;
    if (s.n < 2 || s.n > 35)
        return false;
    for (size_t i = 0; i < s.n; i++) {
        if (!letter(s.p[i]) && !digit(s.p[i]) && s.p[i] != '-')
            return false;
    }
    return true;
}

static bool
currency_ok(struct slice s, size_t min)
{
    (void)min;
    return s.n == 3 && upper(s.p[0]) && upper(s.p[1]) && upper(s.p[2]);
}

static bool
number(struct slice s, size_t at, size_t n, unsigned *out)
{
    *out = 0;
    for (size_t i = at; i < at + n; i++) {
        if (!digit(s.p[i]))
            return false;
        *out = *out * 10 + (unsigned)(s.p[i] - '0');
    }
    return true;
}

static bool
date_ok(struct slice s, size_t min)
{
    static const uint8_t days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31,
        30, 31 };
    unsigned y, m, d;

    (void)min;
    if ((s.n != 4 && s.n != 7 && s.n != 10) || !number(s, 0, 4, &y) || y == 0)
        return false;
    if (s.n == 4)
        return true;
    if (s.p[4] != '-' || !number(s, 5, 2, &m) || m < 1 || m > 12)
        return false;
    if (s.n == 7)
        return true;
    if (s.p[7] != '-' || !number(s, 8, 2, &d) || d < 1)
        return false;
    if (m == 2 && (y % 4 == 0 && (y % 100 != 0 || y % 400 == 0)))
        return d <= 29;
    return d <= days[m - 1];
}

static bool
amount_ok(struct slice s, size_t min)
{
    size_t i = s.n > 0 && s.p[0] == '-', whole = 0, part = 0;

    (void)min;
    for (; i < s.n && digit(s.p[i]); i++)
        whole++;
    if (i < s.n && s.p[i] == '.') {
        for (i++; i < s.n && digit(s.p[i]); i++)
            part++;
        if (part < 1 || part > 4)
            return false;
    }
    return i == s.n && whole >= 1 && whole <= 15;
}

static const struct format {
    bool (*check)(struct slice, size_t min);
    const char *words;
} formats[FIELD_TYPES] = {
    [FT_UINT] = { NULL, "whole number" },
    [FT_BOOL] = { NULL, "true or false" },
    [FT_TIME] = { NULL, "time (UTC)" },
    [FT_ENUM] = { NULL, "one of a list" },
    [FT_BIN] = { bytes_ok, "bytes" },
    [FT_LINE] = { line_ok, "text of one line" },
    [FT_TEXT] = { text_ok, "text" },
    [FT_TOKEN] = { token_ok, "small letters, digits and -" },
    [FT_ID] = { id_ok, "printable ASCII without blanks" },
    [FT_AUTHORITY] = { authority_ok, "authority, for example QM-FIU" },
    [FT_PARTY] = { party_ok,
        "authority, CLASS@state or COURT:proceeding" },
    [FT_COUNTRY] = { country_ok, "ISO 3166-1 alpha-2" },
    [FT_LANG] = { lang_ok, "language tag (BCP 47)" },
    [FT_CURRENCY] = { currency_ok, "ISO 4217" },
    [FT_DATE] = { date_ok, "YYYY, YYYY-MM or YYYY-MM-DD" },
    [FT_AMOUNT] = { amount_ok, "decimal number, for example 1950000.00" },
    [FT_PERSON] = { bytes_ok, "officer, for example QN-FIU/o-114" },
    [FT_RECORD] = { NULL, "record" },
    [FT_KIND_RECORD] = { NULL, "fields of the kind named, all optional" },
};

bool
text_check(enum field_type type, struct slice s, size_t min, size_t max)
{
    if (formats[type].check == NULL || s.n > (max != 0 ? max : TEXT_MAX))
        return false;
    return formats[type].check(s, min);
}

const char *
text_describe(enum field_type type)
{
    return formats[type].words;
}
