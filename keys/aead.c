#include <limits.h>

#include <openssl/evp.h>
#include <sodium.h>

#include "keys/aead.h"

void
aead_seal(const uint8_t key[static AEAD_KEY],
    const uint8_t nonce[static AEAD_NONCE], struct slice aad,
    struct slice plain, uint8_t *ct)
{
    (void)crypto_aead_chacha20poly1305_ietf_encrypt(ct, NULL, plain.p,
        plain.n, aad.p, aad.n, NULL, nonce, key);
}

enum err
aead_open(const uint8_t key[static AEAD_KEY],
    const uint8_t nonce[static AEAD_NONCE], struct slice aad,
    struct slice ct, uint8_t *plain)
{
    if (ct.n < AEAD_TAG)
        return ERR_CRYPTO;
    return crypto_aead_chacha20poly1305_ietf_decrypt(plain, NULL, NULL, ct.p,
        ct.n, aad.p, aad.n, nonce, key) == 0 ? OK : ERR_CRYPTO;
}

/* struct aead is a context of libcrypto and nothing else. */
static EVP_CIPHER_CTX *
context(struct aead *x)
{
    return (EVP_CIPHER_CTX *)x;
}

enum err
aead_new(const uint8_t key[static AEAD_KEY], struct aead **out)
{
    EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();

    if (c == NULL)
        return ERR_NOMEM;
    if (EVP_CipherInit_ex(c, EVP_chacha20_poly1305(), NULL, key, NULL, 1)
        != 1) {
        EVP_CIPHER_CTX_free(c);
        return ERR_NOMEM;
    }
    *out = (struct aead *)c;
    return OK;
}

void
aead_free(struct aead *x)
{
    EVP_CIPHER_CTX_free(context(x));
}

/* The bytes themselves; where there are none only the tag is made. */
static bool
pass(EVP_CIPHER_CTX *c, struct slice in, uint8_t *out)
{
    int n = 0;

    return in.n == 0 || (in.n <= INT_MAX &&
        EVP_CipherUpdate(c, out, &n, in.p, (int)in.n) == 1 &&
        (size_t)n == in.n);
}

enum err
aead_seal_next(struct aead *x, const uint8_t nonce[static AEAD_NONCE],
    struct slice plain, uint8_t *ct)
{
    EVP_CIPHER_CTX *c = context(x);
    int n = 0;

    if (EVP_CipherInit_ex(c, NULL, NULL, NULL, nonce, 1) != 1 ||
        !pass(c, plain, ct) ||
        EVP_CipherFinal_ex(c, ct + plain.n, &n) != 1 ||
        EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_GET_TAG, AEAD_TAG,
        ct + plain.n) != 1)
        return ERR_CRYPTO;
    return OK;
}

enum err
aead_open_next(struct aead *x, const uint8_t nonce[static AEAD_NONCE],
    struct slice ct, uint8_t *plain)
{
    EVP_CIPHER_CTX *c = context(x);
    uint8_t tag[AEAD_TAG], rest[AEAD_TAG];
    int n = 0;

    if (ct.n < AEAD_TAG)
        return ERR_CRYPTO;
    ct.n -= AEAD_TAG;
    /* plain may be ct.p: the tag is kept before anything is written. */
    for (size_t i = 0; i < AEAD_TAG; i++)
        tag[i] = ct.p[ct.n + i];
    if (EVP_CipherInit_ex(c, NULL, NULL, NULL, nonce, 0) != 1 ||
        EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_SET_TAG, AEAD_TAG, tag) != 1 ||
        !pass(c, ct, plain) || EVP_CipherFinal_ex(c, rest, &n) != 1)
        return ERR_CRYPTO;
    return OK;
}
