#include "proto/namekey.h"

#include "proto/wire.h"

#include <string.h>

/*
 * What becomes of a letter: its base letters after the compatibility
 * decomposition of Unicode, without marks, in capitals; letters of NAMEKEY
 * step 2 (AE, OE, TH, SS ...) are replaced.  " " ends a word, DROP leaves no
 * trace, "" has no Latin form: then the name has no key.  Latin-1 Supplement
 * from U+00A0, Latin Extended-A and -B; Latin Extended Additional.
 */
#define DROP "\1"
#define LATIN_FIRST 0xa0
#define MORE_FIRST 0x1e00

static const char latin[][4] = {
    " ", " ", " ", " ", " ", " ", " ", " ", " ", " ", "A", " ", " ", " ",
    " ", " ", " ", " ", "2", "3", "\1", "", " ", " ", " ", "1", "O", " ",
    "1 4", "1 2", "3 4", " ", "A", "A", "A", "A", "A", "A", "AE", "C", "E",
    "E", "E", "E", "I", "I", "I", "I", "D", "N", "O", "O", "O", "O", "O",
    " ", "O", "U", "U", "U", "U", "Y", "TH", "SS", "A", "A", "A", "A", "A",
    "A", "AE", "C", "E", "E", "E", "E", "I", "I", "I", "I", "D", "N", "O",
    "O", "O", "O", "O", " ", "O", "U", "U", "U", "U", "Y", "TH", "Y", "A",
    "A", "A", "A", "A", "A", "C", "C", "C", "C", "C", "C", "C", "C", "D",
    "D", "D", "D", "E", "E", "E", "E", "E", "E", "E", "E", "E", "E", "G",
    "G", "G", "G", "G", "G", "G", "G", "H", "H", "H", "H", "I", "I", "I",
    "I", "I", "I", "I", "I", "I", "I", "IJ", "IJ", "J", "J", "K", "K", "K",
    "L", "L", "L", "L", "L", "L", "L ", "L ", "L", "L", "N", "N", "N", "N",
    "N", "N", "N", "N", "N", "O", "O", "O", "O", "O", "O", "OE", "OE", "R",
    "R", "R", "R", "R", "R", "S", "S", "S", "S", "S", "S", "S", "S", "T",
    "T", "T", "T", "T", "T", "U", "U", "U", "U", "U", "U", "U", "U", "U",
    "U", "U", "U", "W", "W", "Y", "Y", "Y", "Z", "Z", "Z", "Z", "Z", "Z",
    "S", "", "", "", "", "", "", "", "", "", "", "", "", "", "", "", "",
    "", "", "", "", "", "", "", "", "", "", "", "", "", "", "", "", "O",
    "O", "", "", "", "", "", "", "", "", "", "", "", "", "", "U", "U", "",
    "", "", "", "", "", "", "", "", "", "", "", "", "", "", "", "", "", "",
    "DZ", "DZ", "DZ", "LJ", "LJ", "LJ", "NJ", "NJ", "NJ", "A", "A", "I",
    "I", "O", "O", "U", "U", "U", "U", "U", "U", "U", "U", "U", "U", "",
    "A", "A", "A", "A", "AE", "AE", "", "", "G", "G", "K", "K", "O", "O",
    "O", "O", "", "", "J", "DZ", "DZ", "DZ", "G", "G", "", "", "N", "N",
    "A", "A", "AE", "AE", "O", "O", "A", "A", "A", "A", "E", "E", "E", "E",
    "I", "I", "I", "I", "O", "O", "O", "O", "R", "R", "R", "R", "U", "U",
    "U", "U", "S", "S", "T", "T", "", "", "H", "H", "", "", "", "", "", "",
    "A", "A", "E", "E", "O", "O", "O", "O", "O", "O", "O", "O", "Y", "Y",
    "", "", "", "", "", "", "", "", "", "", "", "", "", "", "", "", "", "",
    "", "", "", "", "", "", "", "", "", "",
};

static const char latin_more[][4] = {
    "A", "A", "B", "B", "B", "B", "B", "B", "C", "C", "D", "D", "D", "D",
    "D", "D", "D", "D", "D", "D", "E", "E", "E", "E", "E", "E", "E", "E",
    "E", "E", "F", "F", "G", "G", "H", "H", "H", "H", "H", "H", "H", "H",
    "H", "H", "I", "I", "I", "I", "K", "K", "K", "K", "K", "K", "L", "L",
    "L", "L", "L", "L", "L", "L", "M", "M", "M", "M", "M", "M", "N", "N",
    "N", "N", "N", "N", "N", "N", "O", "O", "O", "O", "O", "O", "O", "O",
    "P", "P", "P", "P", "R", "R", "R", "R", "R", "R", "R", "R", "S", "S",
    "S", "S", "S", "S", "S", "S", "S", "S", "T", "T", "T", "T", "T", "T",
    "T", "T", "U", "U", "U", "U", "U", "U", "U", "U", "U", "U", "V", "V",
    "V", "V", "W", "W", "W", "W", "W", "W", "W", "W", "W", "W", "X", "X",
    "X", "X", "Y", "Y", "Z", "Z", "Z", "Z", "Z", "Z", "H", "T", "W", "Y",
    "", "S", "", "", "SS", "", "A", "A", "A", "A", "A", "A", "A", "A", "A",
    "A", "A", "A", "A", "A", "A", "A", "A", "A", "A", "A", "A", "A", "A",
    "A", "E", "E", "E", "E", "E", "E", "E", "E", "E", "E", "E", "E", "E",
    "E", "E", "E", "I", "I", "I", "I", "O", "O", "O", "O", "O", "O", "O",
    "O", "O", "O", "O", "O", "O", "O", "O", "O", "O", "O", "O", "O", "O",
    "O", "O", "O", "U", "U", "U", "U", "U", "U", "U", "U", "U", "U", "U",
    "U", "U", "U", "Y", "Y", "Y", "Y", "Y", "Y", "Y", "Y", "", "", "", "",
    "", "",
};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* One character beyond ASCII; NULL: no key. */
static const char *
fold(uint32_t c)
{
    const char *to = "";

    if (c >= LATIN_FIRST && c - LATIN_FIRST < COUNT(latin))
        to = latin[c - LATIN_FIRST];
    else if (c >= MORE_FIRST && c - MORE_FIRST < COUNT(latin_more))
        to = latin_more[c - MORE_FIRST];
    else if (c == 0x2019 || c == 0x02bc || (c >= 0x300 && c <= 0x36f))
        to = DROP;              /* apostrophes and combining marks */
    else if ((c >= 0x2000 && c <= 0x206f) || c == 0x3000)
        to = " ";               /* blanks and punctuation of any script */
    return to[0] == '\0' ? NULL : to;
}

/* One UTF-8 character at s.p[*i]; s is valid UTF-8. */
static uint32_t
next_char(struct slice s, size_t *i)
{
    uint8_t c = s.p[(*i)++];
    int more = c < 0x80 ? 0 : c < 0xe0 ? 1 : c < 0xf0 ? 2 : 3;
    uint32_t v = more == 0 ? c : c & (0x3fu >> more);

    while (more-- > 0)
        v = v << 6 | (s.p[(*i)++] & 0x3f);
    return v;
}

static void
put_ascii(struct buf *b, uint32_t c, bool entity)
{
    if (c == '&' && entity)
        buf_put_str(b, " AND ");
    else if (c == '\'' || c == '`' || c == '.')
        return;
    else if (c >= 'a' && c <= 'z')
        buf_put_u8(b, (uint8_t)(c - 'a' + 'A'));
    else if ((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'))
        buf_put_u8(b, (uint8_t)c);
    else
        buf_put_u8(b, ' ');
}

/* Steps 1 to 4: capitals, digits and blanks.  A word with a letter that has
 * no Latin form makes the whole fail, or is left out of a text. */
static bool
fold_all(struct slice s, bool entity, bool text, struct buf *b)
{
    size_t word = 0;
    bool skip = false;

    if (!wire_utf8(s))
        return false;
    for (size_t i = 0; i < s.n;) {
        uint32_t c = next_char(s, &i);
        const char *to;

        if (c < 0x80) {
            put_ascii(b, c, entity);
        } else if ((to = fold(c)) == NULL) {
            if (!text)
                return false;
            skip = true;
        } else if (to[0] != DROP[0]) {
            buf_put_str(b, to);
        }
        if (b->n > 0 && b->p[b->n - 1] == ' ') {
            if (skip && word < b->n)
                memset(b->p + word, ' ', b->n - word);
            word = b->n;
            skip = false;
        }
    }
    if (skip && word < b->n)
        memset(b->p + word, ' ', b->n - word);
    return !b->bad;
}

/* The next word from *i on; false at the end. */
static bool
next_word(struct slice s, size_t *i, struct slice *word)
{
    size_t from;

    while (*i < s.n && s.p[*i] == ' ')
        (*i)++;
    from = *i;
    while (*i < s.n && s.p[*i] != ' ')
        (*i)++;
    *word = slice_of(s.p + from, *i - from);
    return word->n > 0;
}

static bool
is_legal_form(struct slice word)
{
    static const char *const forms[] = { "LTD", "LIMITED", "INC",
        "INCORPORATED", "LLC", "LLP", "LP", "PLC", "SA", "SAS", "SARL",
        "SRL", "SPA", "AG", "GMBH", "KG", "BV", "NV", "OY", "OYJ", "AB",
        "AS", "ASA", "APS", "KFT", "ZRT", "DOO", "SRO", "OOO", "PAO", "PTE",
        "PTY", "CO", "COMPANY", "CORP", "CORPORATION" };

    for (size_t i = 0; i < COUNT(forms); i++)
        if (slice_is(word, forms[i]))
            return true;
    return false;
}

/* Words in the order of their bytes. */
static void
sort_words(struct slice *w, size_t n)
{
    for (size_t i = 1; i < n; i++)
        for (size_t k = i; k > 0 && slice_order(w[k], w[k - 1]) < 0; k--) {
            struct slice t = w[k];

            w[k] = w[k - 1];
            w[k - 1] = t;
        }
}

#define WORDS_MAX 64

static bool
make_key(struct slice name, bool entity, struct buf *key)
{
    struct slice words[WORDS_MAX], folded;
    struct buf b;
    size_t n = 0;
    bool ok;

    buf_init(&b, NAMEKEY_MAX);
    ok = fold_all(name, entity, false, &b);
    folded = slice_of_buf(&b);
    for (size_t i = 0; ok && n < WORDS_MAX &&
        next_word(folded, &i, &words[n]);)
        n++;
    ok = ok && n < WORDS_MAX;
    while (entity && n > 1 && is_legal_form(words[n - 1]))
        n--;
    sort_words(words, n);
    for (size_t i = 0; ok && i < n; i++) {
        buf_put_str(key, i > 0 ? " " : "");
        buf_put_slice(key, words[i]);
    }
    buf_clear(&b);
    return ok && n > 0 && !key->bad;
}

bool
namekey_person(struct slice name, struct buf *key)
{
    return make_key(name, false, key);
}

bool
namekey_entity(struct slice name, struct buf *key)
{
    return make_key(name, true, key);
}

bool
namekey_fold_text(struct slice text, struct buf *words)
{
    return fold_all(text, true, true, words);
}

bool
namekey_in(struct slice key, struct slice words)
{
    struct slice want, have;
    size_t n = 0;

    for (size_t i = 0; next_word(key, &i, &want); n++) {
        bool found = false;

        for (size_t k = 0; !found && next_word(words, &k, &have);)
            found = slice_equal(want, have);
        if (!found)
            return false;
    }
    return n > 0;
}
