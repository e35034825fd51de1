/*
 * tasks: what has a date, as the own node lists it: retention, holds, what is
 * owed in threads, and requests that went another way; and what does not end
 * at its date because the other side has put a legal hold on it.
 */
#ifndef CLI_TASKS_H
#define CLI_TASKS_H

#include "cli/act/mail.h"

struct task {
    const struct rec *row;              /* record_ask_task */
    const struct mail *about;           /* its message; NULL: none known */
    const struct mail *opening;         /* of its thread; NULL unknown */
    int64_t due;                        /* 0: no date */
    int64_t remind;                     /* half of the time; 0: no date */
    int64_t held;                       /* since when a legal hold keeps it
                                         * there: no task; 0: it is one */
    bool late, ours;
    bool uncac;                         /* rests on the Convention */
    uint64_t urgency;
};

/*
 * tasks_list(s, until, out, n):
 * All that has a date before until (0: all), in the order in which it is to
 * be done: late before not late, then by urgency, of equal urgency what rests
 * on the Convention first, then by date, what has none last.  In the
 * session's arena.
 */
MUST_USE enum err tasks_list(struct session *s, int64_t until,
    struct task **out, size_t *n);

/*
 * tasks_remark(s, t, out):
 * The words that a tracked request has, sealed to the own desk; nothing where
 * it has none or this device cannot read them.
 */
void tasks_remark(struct session *s, const struct task *t, struct buf *out);

/*
 * tasks_words(t):
 * What it is, for people.
 */
const char *tasks_words(const struct task *t);

/*
 * tasks_source(t):
 * The article or standard behind a duty; "" for another task.
 */
const char *tasks_source(const struct task *t);

/*
 * tasks_does(t):
 * The act or command with which this side does it; "" where there is none.
 */
const char *tasks_does(const struct task *t);

#endif
