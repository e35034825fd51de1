/*
 * relaying: a consent to what is another's.  Nobody here can grant it: its
 * originator is asked, and his own decision passed on as it is.
 */
#ifndef CLI_RELAYING_H
#define CLI_RELAYING_H

#include "cli/act/mail.h"

/*
 * relaying_decided(b, asked, now):
 * The newest decision of an originator that answers what was asked here, not
 * run out and not revoked; NULL where there is none.
 */
const struct mail *relaying_decided(const struct mail_boxes *b,
    const struct message *asked, int64_t now);

/*
 * relaying_asked(b, asked, source):
 * Whether its originator was asked, about the message `source` that came from
 * him, for whoever asked here.
 */
bool relaying_asked(const struct mail_boxes *b, const struct message *asked,
    struct slice source);

/*
 * relaying_question(asked, source, max, way):
 * The command that asks the originator what was asked here.
 */
void relaying_question(const struct message *asked, struct slice source,
    size_t max, char *way);

#endif
