/*
 * stats_feed: from headers, as a node or an export has them, to the threads
 * that statistics count.
 *
 * Headers come in any order and are kept as they are (a few kilobytes each);
 * they are decoded thread by thread, so that what is decoded does not grow
 * with the number of threads.
 */
#ifndef CLI_STATS_FEED_H
#define CLI_STATS_FEED_H

#include "cli/audit/audit.h"
#include "cli/stats/stats.h"
#include "cli/trust/session.h"
#include "proto/thread.h"

#define STATS_FEED_MAX (2048ull << 20)  /* bytes of all headers */

struct stats_feed;

/*
 * stats_feed_new(d, q, out), stats_feed_free(f):
 * Nothing yet, for this quarter.
 */
MUST_USE enum err stats_feed_new(const struct domain *d,
    const struct stats_quarter *q, struct stats_feed **out);
void stats_feed_free(struct stats_feed *f);

/*
 * stats_feed_message(f, m):
 * One message: head, out, gone, place, at and delivered are set; the head is
 * copied.  What came after the quarter, or has no place, is left out.  The
 * codes of envelope_decode_head and message_decode; E_OVERSIZE.
 */
MUST_USE enum err stats_feed_message(struct stats_feed *f,
    const struct thread_message *m);

/*
 * stats_feed_run(f, card, s):
 * Fold each thread and count it.  card is the own one (NULL: unknown), whose
 * reply_days say when an answer was due.
 */
MUST_USE enum err stats_feed_run(struct stats_feed *f,
    const struct rec *card, struct stats *s);

/*
 * stats_feed_node(f, session, s), stats_feed_export(f, a, s):
 * All that the own node lists, or that an export which was run has; events
 * are counted at once.
 */
MUST_USE enum err stats_feed_node(struct stats_feed *f,
    struct session *session, struct stats *s);
MUST_USE enum err stats_feed_export(struct stats_feed *f, struct audit *a,
    struct stats *s);

#endif
