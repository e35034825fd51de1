#include <sodium.h>

#include "keys/random.h"

void
random_bytes(void *out, size_t n)
{
    randombytes_buf(out, n);
}
