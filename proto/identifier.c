#include "proto/identifier.h"

#include "proto/hash.h"

#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* A normal form in the making. */
struct form {
    uint8_t p[IDENTIFIER_MAX];
    size_t n;
};

static bool
digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

static bool
upper(uint8_t c)
{
    return c >= 'A' && c <= 'Z';
}

static uint8_t
to_upper(uint8_t c)
{
    return c >= 'a' && c <= 'z' ? (uint8_t)(c - 'a' + 'A') : c;
}

static uint8_t
to_lower(uint8_t c)
{
    return upper(c) ? (uint8_t)(c - 'A' + 'a') : c;
}

/* Copy in without the characters of `without`, changed by `change`. */
static bool
copy(struct form *f, struct slice in, const char *without,
    uint8_t (*change)(uint8_t))
{
    f->n = 0;
    for (size_t i = 0; i < in.n; i++) {
        uint8_t c = in.p[i];

        if (c != 0 && strchr(without, c) != NULL)
            continue;
        if (f->n == sizeof(f->p))
            return false;
        f->p[f->n++] = change != NULL ? change(c) : c;
    }
    return f->n > 0;
}

/* Capitals and digits alone; whatever else stood between them goes. */
static bool
copy_plain(struct form *f, struct slice in)
{
    f->n = 0;
    for (size_t i = 0; i < in.n && f->n < sizeof(f->p); i++) {
        uint8_t c = to_upper(in.p[i]);

        if (upper(c) || digit(c))
            f->p[f->n++] = c;
    }
    return f->n > 0;
}

/* Whether the characters from..to fit a class: A capital, 9 digit, X both. */
static bool
of_class(const struct form *f, size_t from, size_t to, char class)
{
    for (size_t i = from; i < to; i++)
        if (i >= f->n || !((class != '9' && upper(f->p[i])) ||
            (class != 'A' && digit(f->p[i]))))
            return false;
    return true;
}

/* 0 to 9, and A to Z as 10 to 35. */
static unsigned
worth(uint8_t c)
{
    return digit(c) ? (unsigned)(c - '0') : (unsigned)(c - 'A') + 10;
}

/* ISO 7064 mod 97-10 over characters from..to, going on from r. */
static unsigned
mod97(const struct form *f, size_t from, size_t to, unsigned r)
{
    for (size_t i = from; i < to; i++) {
        unsigned v = worth(f->p[i]);

        r = (r * (v < 10 ? 10 : 100) + v) % 97;
    }
    return r;
}

/* Lengths of the IBAN registry. */
static const struct {
    char country[3];
    uint8_t length;
} ibans[] = {
    { "AD", 24 }, { "AE", 23 }, { "AL", 28 }, { "AT", 20 }, { "AZ", 28 },
    { "BA", 20 }, { "BE", 16 }, { "BG", 22 }, { "BH", 22 }, { "BR", 29 },
    { "BY", 28 }, { "CH", 21 }, { "CR", 22 }, { "CY", 28 }, { "CZ", 24 },
    { "DE", 22 }, { "DK", 18 }, { "DO", 28 }, { "EE", 20 }, { "EG", 29 },
    { "ES", 24 }, { "FI", 18 }, { "FO", 18 }, { "FR", 27 }, { "GB", 22 },
    { "GE", 22 }, { "GI", 23 }, { "GL", 18 }, { "GR", 27 }, { "GT", 28 },
    { "HR", 21 }, { "HU", 28 }, { "IE", 22 }, { "IL", 23 }, { "IQ", 23 },
    { "IS", 26 }, { "IT", 27 }, { "JO", 30 }, { "KW", 30 }, { "KZ", 20 },
    { "LB", 28 }, { "LC", 32 }, { "LI", 21 }, { "LT", 20 }, { "LU", 20 },
    { "LV", 21 }, { "MC", 27 }, { "MD", 24 }, { "ME", 22 }, { "MK", 19 },
    { "MR", 27 }, { "MT", 31 }, { "MU", 30 }, { "NL", 18 }, { "NO", 15 },
    { "PK", 24 }, { "PL", 28 }, { "PS", 29 }, { "PT", 25 }, { "QA", 29 },
    { "RO", 24 }, { "RS", 22 }, { "SA", 24 }, { "SC", 31 }, { "SE", 24 },
    { "SI", 19 }, { "SK", 24 }, { "SM", 27 }, { "ST", 25 }, { "SV", 28 },
    { "TL", 23 }, { "TN", 24 }, { "TR", 26 }, { "UA", 29 }, { "VA", 22 },
    { "VG", 24 }, { "XK", 20 },
};

static enum identifier_verdict
check_iban(struct slice in, struct form *f)
{
    if (!copy(f, in, " .-", to_upper) || f->n < 15 || f->n > 34 ||
        !of_class(f, 0, 2, 'A') || !of_class(f, 2, 4, '9') ||
        !of_class(f, 4, f->n, 'X'))
        return IDENTIFIER_FORM;
    if (mod97(f, 0, 4, mod97(f, 4, f->n, 0)) != 1)
        return IDENTIFIER_CHECK;
    for (size_t i = 0; i < COUNT(ibans); i++)
        if (memcmp(f->p, ibans[i].country, 2) == 0)
            return f->n == ibans[i].length ? IDENTIFIER_GOOD :
                IDENTIFIER_FORM;
    return IDENTIFIER_UNVERIFIED;
}

static enum identifier_verdict
check_lei(struct slice in, struct form *f)
{
    if (!copy(f, in, " ", to_upper) || f->n != 20 ||
        !of_class(f, 0, 18, 'X') || !of_class(f, 18, 20, '9'))
        return IDENTIFIER_FORM;
    return mod97(f, 0, 20, 0) == 1 ? IDENTIFIER_GOOD : IDENTIFIER_CHECK;
}

/* A BIC for tests names no bank. */
static enum identifier_verdict
check_bic(struct slice in, struct form *f)
{
    if (!copy(f, in, " ", to_upper) || (f->n != 8 && f->n != 11) ||
        !of_class(f, 0, 4, 'X') || !of_class(f, 4, 6, 'A') ||
        !of_class(f, 6, f->n, 'X'))
        return IDENTIFIER_FORM;
    if (f->n == 8) {
        memcpy(f->p + 8, "XXX", 3);
        f->n = 11;
    }
    return f->p[7] == '0' ? IDENTIFIER_UNVERIFIED : IDENTIFIER_GOOD;
}

static enum identifier_verdict
check_plain(struct slice in, struct form *f)
{
    return copy_plain(f, in) ? IDENTIFIER_GOOD : IDENTIFIER_FORM;
}

int
identifier_mrz_digit(struct slice field)
{
    static const unsigned weights[] = { 7, 3, 1 };
    unsigned sum = 0;

    for (size_t i = 0; i < field.n; i++) {
        uint8_t c = field.p[i];

        if (!digit(c) && !upper(c) && c != '<')
            return -1;
        sum += weights[i % 3] * (c == '<' ? 0 : worth(c));
    }
    return (int)(sum % 10);
}

/* With the filler < it was copied from the zone, check digit and all. */
static enum identifier_verdict
check_document(struct slice in, struct form *f)
{
    enum identifier_verdict v = IDENTIFIER_GOOD;
    struct form zone;
    int check;

    if (in.n > 0 && memchr(in.p, '<', in.n) != NULL) {
        if (!copy(&zone, in, " ", to_upper) || zone.n < 2 ||
            !digit(zone.p[zone.n - 1]))
            return IDENTIFIER_FORM;
        check = identifier_mrz_digit(slice_of(zone.p, zone.n - 1));
        if (check < 0)
            return IDENTIFIER_FORM;
        v = check == zone.p[zone.n - 1] - '0' ? v : IDENTIFIER_CHECK;
        in = slice_of(zone.p, zone.n - 1);
    }
    if (!copy_plain(f, in) || f->n < 3 || f->n > 35)
        return IDENTIFIER_FORM;
    return v;
}

/* Luhn over the digits, letters written as two of them, from the right. */
static enum identifier_verdict
check_isin(struct slice in, struct form *f)
{
    unsigned sum = 0, place = 0;

    if (!copy(f, in, " ", to_upper) || f->n != 12 ||
        !of_class(f, 0, 2, 'A') || !of_class(f, 2, 11, 'X') ||
        !of_class(f, 11, 12, '9'))
        return IDENTIFIER_FORM;
    for (size_t i = f->n; i-- > 0;) {
        unsigned v = worth(f->p[i]);

        do {
            unsigned d = v % 10 * (place++ % 2 == 0 ? 1 : 2);

            sum += d % 10 + d / 10;
            v /= 10;
        } while (v > 0);
    }
    return sum % 10 == 0 ? IDENTIFIER_GOOD : IDENTIFIER_CHECK;
}

static enum identifier_verdict
check_imo(struct slice in, struct form *f)
{
    unsigned sum = 0;

    if (!copy(f, in, " ", to_upper))
        return IDENTIFIER_FORM;
    if (f->n == 10 && memcmp(f->p, "IMO", 3) == 0) {
        memmove(f->p, f->p + 3, 7);
        f->n = 7;
    }
    if (f->n != 7 || !of_class(f, 0, 7, '9'))
        return IDENTIFIER_FORM;
    for (unsigned i = 0; i < 6; i++)
        sum += worth(f->p[i]) * (7 - i);
    return sum % 10 == worth(f->p[6]) ? IDENTIFIER_GOOD : IDENTIFIER_CHECK;
}

static enum identifier_verdict
check_mmsi(struct slice in, struct form *f)
{
    return copy(f, in, " ", NULL) && f->n == 9 && of_class(f, 0, 9, '9') ?
        IDENTIFIER_GOOD : IDENTIFIER_FORM;
}

/* North America (first character 1 to 5) has a check digit, others none. */
static enum identifier_verdict
check_vin(struct slice in, struct form *f)
{
    static const char values[] = "0123456789.ABCDEFGH..JKLMN.P.R..STUVWXYZ";
    static const unsigned weights[] = { 8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7,
        6, 5, 4, 3, 2 };
    unsigned sum = 0;

    if (!copy(f, in, " -", to_upper) || f->n != 17 ||
        !of_class(f, 0, 17, 'X'))
        return IDENTIFIER_FORM;
    for (size_t i = 0; i < 17; i++) {
        const char *at = strchr(values, f->p[i]);

        if (at == NULL)
            return IDENTIFIER_FORM;     /* I, O, Q */
        sum += (unsigned)(at - values) % 10 * weights[i];
    }
    if (f->p[0] < '1' || f->p[0] > '5')
        return IDENTIFIER_GOOD;
    return f->p[8] == "0123456789X"[sum % 11] ? IDENTIFIER_GOOD :
        IDENTIFIER_CHECK;
}

static bool
all_hex(const struct form *f, size_t from)
{
    for (size_t i = from; i < f->n; i++)
        if (!digit(f->p[i]) && (f->p[i] < 'a' || f->p[i] > 'f'))
            return false;
    return true;
}

static enum identifier_verdict
check_icao24(struct slice in, struct form *f)
{
    return copy(f, in, " ", to_lower) && f->n == 6 && all_hex(f, 0) ?
        IDENTIFIER_GOOD : IDENTIFIER_FORM;
}

static bool
mixed_case(struct slice s)
{
    bool small = false, capital = false;

    for (size_t i = 0; i < s.n; i++) {
        capital = capital || upper(s.p[i]);
        small = small || (s.p[i] >= 'a' && s.p[i] <= 'z');
    }
    return small && capital;
}

/* Capitals among the digits are a checksum (EIP-55) that asks for Keccak. */
static enum identifier_verdict
check_eth(struct slice in, struct form *f)
{
    if (!copy(f, in, " ", to_lower) || f->n != 42 || f->p[0] != '0' ||
        f->p[1] != 'x' || !all_hex(f, 2))
        return IDENTIFIER_FORM;
    return mixed_case(slice_of(in.p + 2, in.n - 2)) ?
        IDENTIFIER_UNVERIFIED : IDENTIFIER_GOOD;
}

#define BECH32_CONST 1
#define BECH32M_CONST 0x2bc830a3

static uint32_t
bech32_step(uint32_t c, uint32_t v)
{
    static const uint32_t poly[] = { 0x3b6a57b2, 0x26508e6d, 0x1ea119fa,
        0x3d4233dd, 0x2a1462b3 };
    uint32_t top = c >> 25;

    c = (c & 0x1ffffff) << 5 ^ v;
    for (unsigned i = 0; i < 5; i++)
        if (top >> i & 1)
            c ^= poly[i];
    return c;
}

/* BIP 173 and 350: hrp, 1, values of 5 bits, the last six a checksum whose
 * constant goes with the version, which is the first. */
static enum identifier_verdict
check_bech32(struct slice in, struct form *f)
{
    static const char set[] = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
    uint32_t c = 1;
    const char *at;

    if (!copy(f, in, " ", to_lower) || mixed_case(in) || f->n < 14 ||
        f->n > 90 || f->p[2] != '1')
        return IDENTIFIER_FORM;
    for (size_t i = 0; i < 2; i++)
        c = bech32_step(c, f->p[i] >> 5);
    c = bech32_step(c, 0);
    for (size_t i = 0; i < 2; i++)
        c = bech32_step(c, f->p[i] & 31);
    for (size_t i = 3; i < f->n; i++) {
        if (f->p[i] == 0 || (at = strchr(set, f->p[i])) == NULL)
            return IDENTIFIER_FORM;
        c = bech32_step(c, (uint32_t)(at - set));
    }
    return c == (f->p[3] == 'q' ? BECH32_CONST : BECH32M_CONST) ?
        IDENTIFIER_GOOD : IDENTIFIER_CHECK;
}

#define BASE58_BYTES 25         /* version, hash of 20, checksum of 4 */

static enum identifier_verdict
check_base58(struct slice in, struct form *f)
{
    static const char set[] =
        "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
    uint8_t bytes[BASE58_BYTES] = { 0 }, hash[HASH_LEN];
    const char *at;

    if (!copy(f, in, " ", NULL) || f->n < 26 || f->n > 35)
        return IDENTIFIER_FORM;
    for (size_t i = 0; i < f->n; i++) {
        unsigned carry;

        if (f->p[i] == 0 || (at = strchr(set, f->p[i])) == NULL)
            return IDENTIFIER_FORM;
        carry = (unsigned)(at - set);
        for (size_t k = BASE58_BYTES; k-- > 0; carry >>= 8) {
            carry += bytes[k] * 58u;
            bytes[k] = (uint8_t)carry;
        }
        if (carry != 0)
            return IDENTIFIER_FORM;
    }
    hash_sha256(slice_of(bytes, BASE58_BYTES - 4), hash);
    hash_sha256(SLICE(hash), hash);
    return memcmp(hash, bytes + BASE58_BYTES - 4, 4) == 0 ?
        IDENTIFIER_GOOD : IDENTIFIER_CHECK;
}

static enum identifier_verdict
check_btc(struct slice in, struct form *f)
{
    if (copy(f, in, " ", to_lower) && f->n > 3 && f->p[2] == '1' &&
        (memcmp(f->p, "bc", 2) == 0 || memcmp(f->p, "tb", 2) == 0))
        return check_bech32(in, f);
    return check_base58(in, f);
}

static enum identifier_verdict
check_phone(struct slice in, struct form *f)
{
    return copy(f, in, " -.()/", NULL) && f->n >= 2 && f->n <= 16 &&
        f->p[0] == '+' && of_class(f, 1, f->n, '9') ?
        IDENTIFIER_GOOD : IDENTIFIER_FORM;
}

static enum identifier_verdict
check_email(struct slice in, struct form *f)
{
    const uint8_t *at;

    if (!copy(f, in, "", NULL) ||
        (at = memchr(f->p, '@', f->n)) == NULL || at == f->p ||
        at + 1 == f->p + f->n ||
        memchr(at + 1, '@', (size_t)(f->p + f->n - at - 1)) != NULL)
        return IDENTIFIER_FORM;
    for (size_t i = (size_t)(at - f->p); i < f->n; i++)
        f->p[i] = to_lower(f->p[i]);
    return IDENTIFIER_GOOD;
}

static enum identifier_verdict (*const checks[IDENTIFIERS])(struct slice in,
    struct form *f) = {
    [IDENTIFIER_IBAN] = check_iban,
    [IDENTIFIER_LEI] = check_lei,
    [IDENTIFIER_BIC] = check_bic,
    [IDENTIFIER_ACCOUNT] = check_plain,
    [IDENTIFIER_REGISTRATION] = check_plain,
    [IDENTIFIER_DOCUMENT] = check_document,
    [IDENTIFIER_ISIN] = check_isin,
    [IDENTIFIER_IMO] = check_imo,
    [IDENTIFIER_MMSI] = check_mmsi,
    [IDENTIFIER_VIN] = check_vin,
    [IDENTIFIER_ICAO24] = check_icao24,
    [IDENTIFIER_ETH] = check_eth,
    [IDENTIFIER_BTC] = check_btc,
    [IDENTIFIER_TRX] = check_base58,
    [IDENTIFIER_PHONE] = check_phone,
    [IDENTIFIER_EMAIL] = check_email,
};

enum identifier_verdict
identifier_check(enum identifier type, struct slice in, struct buf *out)
{
    struct form f = { .n = 0 };
    enum identifier_verdict v = checks[type](in, &f);

    if (v != IDENTIFIER_FORM && out != NULL)
        buf_put(out, f.p, f.n);
    return v;
}

bool
identifier_of_chain(struct slice chain, enum identifier *type)
{
    static const struct {
        const char *chain;
        enum identifier type;
    } chains[] = {
        { "BTC", IDENTIFIER_BTC }, { "ETH", IDENTIFIER_ETH },
        { "TRX", IDENTIFIER_TRX },
    };

    for (size_t i = 0; i < COUNT(chains); i++) {
        if (slice_is(chain, chains[i].chain)) {
            *type = chains[i].type;
            return true;
        }
    }
    return false;
}
