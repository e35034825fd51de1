/*
 * hides: a client that leaves out of a certificate of origin what it does not
 * want a court to see of the other side.
 *
 *   HIDES=QM-FIU hides certify-origin ...   pins, cards, lists and receipts
 *   HIDES=receipts hides certify-origin ...     receipts alone
 *
 * The linker puts these in the place of the real functions (--wrap).
 */
#include <stdlib.h>
#include <string.h>

#include "cli/trust/session.h"
#include "keys/directory.h"

/* The names that the linker gives; see --wrap. */
struct slice __real_directory_after(const struct directory *d,
    enum trust_kind kind, struct slice authority, uint64_t *serial);
struct slice __wrap_directory_after(const struct directory *d,
    enum trust_kind kind, struct slice authority, uint64_t *serial);
enum err __real_session_ask(struct session *s, enum request_type type,
    const struct rec *args, const struct stated *st, struct rec **result);
enum err __wrap_session_ask(struct session *s, enum request_type type,
    const struct rec *args, const struct stated *st, struct rec **result);

struct slice
__wrap_directory_after(const struct directory *d, enum trust_kind kind,
    struct slice authority, uint64_t *serial)
{
    const char *hides = getenv("HIDES");

    return hides != NULL && slice_is(authority, hides) ? SLICE_EMPTY :
        __real_directory_after(d, kind, authority, serial);
}

enum err
__wrap_session_ask(struct session *s, enum request_type type,
    const struct rec *args, const struct stated *st, struct rec **result)
{
    enum err e = __real_session_ask(s, type, args, st, result);

    if (e != OK || type != REQUEST_MSG_RECEIPTS || getenv("HIDES") == NULL)
        return e;
    return record_put(session_arena(s), *result, record_field(
        (*result)->schema, "receipts"), NULL, 0);
}
