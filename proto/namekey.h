/*
 * namekey: exact keys of names, NAMEKEY v1 and ENTITYKEY v1.
 *
 * A name is no identifier: a key is only ever used beside a birth date or a
 * jurisdiction, or to see whether a text names somebody.  In order: letters
 * that have no decomposition are replaced (ss for sharp s, AE, OE, O, D, TH,
 * L, I, H, N, K, T); what remains is decomposed (NFKD), loses its marks and
 * is written in capitals; apostrophes and full stops go; everything that is
 * not A-Z or 0-9 ends a word; the words are sorted by their bytes and joined
 * by one blank.  Of an entity, & is the word AND, and words at the end that
 * are legal forms (LTD, SA, GMBH ...) go while another word remains.
 *
 * Decided where the specification is silent: an acute accent that stands
 * alone counts as an apostrophe; letters with a mark on a letter that is
 * replaced (o with stroke and acute) are replaced too; a letter outside the
 * tables of Latin letters gives no key, since nobody should guess.
 *
 * Pure and without tables of the system's locale.
 */
#ifndef PROTO_NAMEKEY_H
#define PROTO_NAMEKEY_H

#include "proto/slice.h"

#define NAMEKEY_MAX 65536           /* bytes of a folded name or text */

/*
 * namekey_person(name, key), namekey_entity(name, key):
 * Append the key.  False if there is none: a letter that is not Latin, no
 * word, or bytes that are no UTF-8.
 */
bool namekey_person(struct slice name, struct buf *key);
bool namekey_entity(struct slice name, struct buf *key);

/*
 * namekey_fold_text(text, words):
 * Append the words of a text, folded like a name and in their order, for
 * namekey_in; words with other letters are left out.  False for bytes that
 * are no UTF-8, or a text that does not fit.
 */
bool namekey_fold_text(struct slice text, struct buf *words);

/*
 * namekey_in(key, words):
 * Whether each word of key is among words.
 */
bool namekey_in(struct slice key, struct slice words);

#endif
