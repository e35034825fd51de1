#include "node/store_consent.h"
#include "node/store_in.h"

enum err
store_consent_put(struct store *s, const uint8_t digest[static HASH_LEN],
    const uint8_t id[static 16], uint64_t n)
{
    struct query q;

    query_start(&q, s, SQL_CONSENT_PUT);
    query_put_fixed(&q, digest, HASH_LEN);
    query_put_fixed(&q, id, 16);
    query_put_u64(&q, n);
    return query_run(&q);
}

enum err
store_consent_get(struct store *s, const uint8_t digest[static HASH_LEN],
    uint64_t *n)
{
    struct query q;

    query_start(&q, s, SQL_CONSENT_GET);
    query_put_fixed(&q, digest, HASH_LEN);
    return query_count(&q, n);
}

enum err
store_consent_use_put(struct store *s, const uint8_t digest[static HASH_LEN],
    uint64_t use_no, enum store_use role,
    const uint8_t transfer[static HASH_LEN])
{
    struct query q;

    query_start(&q, s, SQL_CONSENT_USE_PUT);
    query_put_fixed(&q, digest, HASH_LEN);
    query_put_u64(&q, use_no);
    query_put_u64(&q, role);
    query_put_fixed(&q, transfer, HASH_LEN);
    return query_run(&q);
}

enum err
store_consent_use_get(struct store *s, const uint8_t digest[static HASH_LEN],
    uint64_t use_no, enum store_use role, uint8_t transfer[static HASH_LEN])
{
    bool found = false;
    struct query q;
    enum err e;

    query_start(&q, s, SQL_CONSENT_USE_GET);
    query_put_fixed(&q, digest, HASH_LEN);
    query_put_u64(&q, use_no);
    query_put_u64(&q, role);
    while (query_next(&q)) {
        found = true;
        query_get_fixed(&q, 0, transfer, HASH_LEN);
    }
    if ((e = query_end(&q)) != OK)
        return e;
    return found ? OK : ERR_NOTFOUND;
}

enum err
store_consent_uses(struct store *s, const uint8_t digest[static HASH_LEN],
    enum store_use role, uint64_t *n)
{
    struct query q;

    query_start(&q, s, SQL_CONSENT_USES);
    query_put_fixed(&q, digest, HASH_LEN);
    query_put_u64(&q, role);
    return query_count(&q, n);
}

enum err
store_consent_use_drop(struct store *s,
    const uint8_t transfer[static HASH_LEN], enum store_use role)
{
    struct query q;

    query_start(&q, s, SQL_CONSENT_USE_DROP);
    query_put_fixed(&q, transfer, HASH_LEN);
    query_put_u64(&q, role);
    return query_run(&q);
}

enum err
store_relay_put(struct store *s, struct slice party,
    const struct store_relay *r, int64_t next)
{
    struct query q;

    query_start(&q, s, SQL_RELAY_PUT);
    query_put_fixed(&q, r->transfer, HASH_LEN);
    query_put(&q, party);
    query_put(&q, r->bytes);
    query_put_i64(&q, next);
    return query_run(&q);
}

enum err
store_relay_due(struct store *s, struct slice party, int64_t now,
    unsigned max, store_relay_fn fn, void *arg)
{
    struct store_relay r;
    struct query q;

    query_start(&q, s, SQL_RELAYS);
    query_put(&q, party);
    query_put_i64(&q, now);
    query_put_u64(&q, max);
    while (query_next(&q)) {
        query_get_fixed(&q, 0, r.transfer, HASH_LEN);
        r.bytes = query_get(&q, 1);
        if (q.e == OK)
            q.e = fn(arg, &r);
    }
    return query_end(&q);
}

enum err
store_relay_next(struct store *s, struct slice party,
    const uint8_t transfer[static HASH_LEN], int64_t next)
{
    struct query q;

    query_start(&q, s, SQL_RELAY_NEXT);
    query_put_fixed(&q, transfer, HASH_LEN);
    query_put(&q, party);
    query_put_i64(&q, next);
    return query_run(&q);
}

enum err
store_relay_done(struct store *s, struct slice party,
    const uint8_t transfer[static HASH_LEN])
{
    struct query q;

    query_start(&q, s, SQL_RELAY_DONE);
    query_put_fixed(&q, transfer, HASH_LEN);
    query_put(&q, party);
    return query_run(&q);
}
