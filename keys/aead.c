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
