/*
 * sentence: what may be done with a message, in words.
 *
 * One sentence out of its limits, for people who read no tables: what for,
 * how far, to whom, until when.  It is the first thing above the content on
 * the screen, on a printed page and in an exported folder.  It says nothing
 * that policy_check does not decide; the words of each value stand in tables.
 */
#ifndef CLI_SENTENCE_H
#define CLI_SENTENCE_H

#include "proto/message.h"
#include "proto/policy.h"

#define SENTENCE_MAX 16384      /* whatever the limits list */

/*
 * sentence_of(set, facts, b):
 * Append the sentence for this set (NULL: not known) and this person; in a
 * set without originator that one is not named.  Texts
 * of a peer in it (ids of proceedings and authorities) are plain ASCII.
 */
void sentence_of(const struct rec *set, const struct policy_facts *facts,
    struct buf *b);

/*
 * sentence_shut(why, b):
 * The sentence of what nobody opens any more, for this code of mail_shut();
 * false for OK, and nothing is appended.
 */
bool sentence_shut(enum err why, struct buf *b);

/*
 * sentence_consent(set, act, facts, out, max):
 * "under consent 1a2b3c4d until 2027-03-01" for an act that is allowed, and
 * only by that; false and "" where none is needed.
 */
bool sentence_consent(const struct rec *set, enum may act,
    const struct policy_facts *facts, char *out, size_t max);

/*
 * sentence_ask(v, of, to, out, max):
 * The command that asks for the consent that v names, for this message, and
 * for this recipient where it is about one: "valise consent ask 3f0a1c22
 * --type ONWARD --to QO-FIU --for PURPOSE --text FILE", with what is still to
 * be said in capitals; for evidence, which has no parts, the documents too.  "" where nothing can be asked.
 */
void sentence_ask(struct verdict v, const struct message *of,
    struct slice to, char *out, size_t max);

/*
 * sentence_act(act):
 * What an act is, for people: "quote it in a request or paper".
 */
const char *sentence_act(enum may act);

#endif
