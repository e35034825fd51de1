/*
 * err: every failure of valise as a value.
 *
 * One list makes the enum, the name, the text and the hint.  Numbers go into
 * logs, receipts and --json output and are never changed or used again:
 *   1 to 99     ours: files, memory, secrets, commands; never sent
 *   100 to 199  bytes, trust and transport (FORMAT.md, "Errors")
 *   200 to 299  the domain's E_ codes (they block)
 *   300 to 349  the domain's A_ alerts (they do not block)
 * A row is X(name, number, ending, rule, text, hint).  The ending says what a
 * node answers to a peer: FINAL is logged and ends the message, LATER is not
 * logged and makes the sender try again, LOCAL is never sent.  The rule is
 * the number of the V-rule behind the code, 0 where there is none.
 */
#ifndef PROTO_ERR_H
#define PROTO_ERR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MUST_USE __attribute__((warn_unused_result))

enum err_ending { LOCAL, FINAL, LATER };

#define ERR_LIST(X) \
X(OK, 0, LOCAL, 0, "success", "") \
X(ERR_NOMEM, 1, LOCAL, 0, "out of memory", \
  "end other programs and try again") \
X(ERR_IO, 2, LOCAL, 0, "reading or writing failed", \
  "look at the disk and at the permissions of the folder") \
X(ERR_FULL, 3, LOCAL, 0, "the disk is full", \
  "free space in the folder named; nothing accepted before is lost") \
X(ERR_CRYPTO, 4, LOCAL, 0, "this cannot be opened or is not genuine", \
  "it is damaged, altered or for other keys: get it anew from its maker") \
X(ERR_PASSPHRASE, 5, LOCAL, 0, "wrong passphrase", "try again") \
X(ERR_LOCKED, 6, LOCAL, 0, "your keys are locked", "run: valise unlock") \
X(ERR_USAGE, 7, LOCAL, 0, "the command cannot be done as it is written", \
  "run: valise help") \
X(ERR_CONFIG, 8, LOCAL, 0, "the configuration has a fault", \
  "correct the line named") \
X(ERR_NOTFOUND, 9, LOCAL, 0, "not found", "look at the name and the folder") \
X(ERR_EXISTS, 10, LOCAL, 0, "exists already and is not overwritten", \
  "choose another name, or move it away first") \
X(ERR_PERM, 11, LOCAL, 0, "a secret file can be read by others", \
  "make it readable by its owner only: chmod 600 FILE") \
X(ERR_INUSE, 12, LOCAL, 0, "already in use by another process", \
  "wait until it has ended") \
X(ERR_UNREACHABLE, 13, LOCAL, 0, "the node does not answer", \
  "ask the administrator whether valised runs; nothing was lost") \
X(ERR_LINK, 14, LOCAL, 0, \
  "the node cannot prove that its log goes on from what was seen before", \
  "keep both notes and tell the auditor: valise status") \
X(ERR_PROOF, 15, LOCAL, 0, "a proof does not hold", \
  "tell the auditor; nothing was opened") \
X(ERR_TRUST, 16, LOCAL, 0, \
  "a card or list does not verify up to a root that your officers compared", \
  "run: valise peer show AUTHORITY") \
X(ERR_AUDIT, 17, LOCAL, 0, "the log does not verify", \
  "keep the export and the findings as they are") \
X(ERR_NOT_INIT, 18, LOCAL, 0, "this place is not set up yet", \
  "run: valise help") \
X(ERR_SHORT, 19, LOCAL, 0, "input ends too early", "get the file anew") \
X(ERR_KDF, 20, LOCAL, 0, \
  "the key file asks for a passphrase cost outside the accepted range", \
  "the file was altered: take a copy that nobody else could write") \
X(ERR_FORMAT, 21, LOCAL, 0, "this is not a file of the kind expected", \
  "look whether it is the file that was meant") \
X(ERR_CANCELLED, 22, LOCAL, 0, "cancelled; nothing was sent", "") \
X(ERR_INTERNAL, 23, LOCAL, 0, "internal error", "please report it") \
X(ERR_LIST_MISSING, 24, LOCAL, 0, \
  "a list that is needed has not arrived yet", "try again in a minute") \
X(ERR_ACCESS, 25, LOCAL, 0, "this user may not read or write there", \
  "look at the owner and the permissions of the file and its folder") \
X(ERR_NEWER, 26, LOCAL, 0, "written by a newer version of this program", \
  "install that version again; nothing was changed") \
X(ERR_OLDER, 27, LOCAL, 0, "written by an older version, before the first release", \
  "set this node up anew; nothing was changed") \
X(E_MALFORMED, 100, FINAL, 2, "the bytes are not a message of this protocol", \
  "the sender makes it anew with a current version of the program") \
X(E_OVERSIZE, 101, FINAL, 2, "larger than the limit", \
  "move long text into an attachment, or send two messages") \
X(E_DEPTH, 102, FINAL, 2, "nested too deep or too many items", \
  "the sender makes it anew with a current version of the program") \
X(E_NONCANON, 103, FINAL, 2, "not in the one canonical form", \
  "the sender makes it anew with a current version of the program") \
X(E_DUPKEY, 104, FINAL, 2, "a key twice or out of order", \
  "the sender makes it anew with a current version of the program") \
X(E_VERSION, 105, FINAL, 1, "version of the protocol not known", \
  "both sides need a common version") \
X(E_NETWORK, 106, FINAL, 1, "of another network", \
  "each network has its own root, card and keys") \
X(E_UNKNOWN_AUTHORITY, 107, FINAL, 10, "authority not known here", \
  "its card must be added first: valise peer add CARD") \
X(E_NOT_RECIPIENT, 108, FINAL, 10, "not addressed to this authority", \
  "send it to the authority that it names: valise peer list") \
X(E_FORK, 109, FINAL, 3, "the same id with other bytes", \
  "keep both and tell the auditor: one of the two was altered") \
X(E_EXPIRED, 110, FINAL, 0, "arrived after its end of life", \
  "make it anew and send that: valise new") \
X(E_FUTURE, 111, LATER, 0, "dated in the future", "look at the clock") \
X(E_KEY_UNKNOWN, 112, FINAL, 4, "names a key or list that was never published", \
  "somebody may have fed the sender a false list: tell the auditor") \
X(E_KEY_STALE, 113, FINAL, 4, "sealed to a key that is over or gone", \
  "make it anew and send that: valise new") \
X(E_ROLE, 114, FINAL, 4, "this person's role does not allow it", \
  "ask your keeper: valise officer list") \
X(E_QUOTA, 115, LATER, 0, "the room set aside for this sender is used up", \
  "it goes on when what came before is opened, or has arrived; the " \
  "administrator can give more room") \
X(E_BUSY, 116, LATER, 0, "busy", "it is tried again by itself") \
X(E_LIST_MISSING, 117, LATER, 0, "a list that the message names is not here yet", \
  "it is tried again by itself") \
X(E_ORDER, 118, LATER, 0, "a message that it answers is not here yet", \
  "it is tried again by itself") \
X(E_STALE_STATEMENT, 119, LATER, 0, "signed over an old state of the log", "run it again") \
X(E_STORE_FULL, 120, LATER, 0, "the node's disk is full", \
  "tell the administrator; nothing accepted before is lost") \
X(E_CLOCK, 121, LATER, 0, "the node does not trust its clock", \
  "tell the administrator: its clock must be set") \
X(E_UNKNOWN_REQUEST, 122, LOCAL, 0, "request not known", \
  "node and command must be of one version") \
X(E_NOT_FOUND, 123, LOCAL, 0, "no such message, list or thread", \
  "see what there is: valise inbox") \
X(E_SERIAL, 124, LOCAL, 0, "a newer list is known already", "run it again") \
X(E_HELD, 125, LATER, 0, "the node holds; it signs and accepts nothing now", \
  "tell the administrator and the auditor") \
X(E_PENDING, 126, LOCAL, 0, "waits for a second person", "valise approve ID") \
X(E_CARD_ENDED, 127, LOCAL, 0, "the card of this authority has ended", \
  "custodians renew it, then a keeper: valise keeper card CARD") \
X(E_NO_NODE, 128, LOCAL, 10, \
  "this authority has no node: no message can be sent to it", \
  "reach it by hand: valise hand-over ID --to AUTHORITY --by WAY") \
X(E_BLOCK_INDEX, 129, LATER, 42, "no block of that number", \
  "what it announced and what it sends differ: tell the auditor") \
X(E_BLOCK_LENGTH, 130, LATER, 42, "a block of another length than announced", \
  "it is asked for again; tell the auditor if it stays so") \
X(E_BLOCK_PROOF, 131, LATER, 42, "a block that is not of the sealed files", \
  "it is asked for again; tell the auditor if it stays so") \
X(E_BLOCK_UNASKED, 132, LATER, 0, "a block that nobody asked for", \
  "the other node is at fault: tell its administrator") \
X(E_BLOCKS_MISSING, 133, LATER, 0, "the files have not all arrived yet", \
  "see how far they are: valise transfers") \
X(E_PARCEL_ROOM, 134, LATER, 0, "there is no room for the files", \
  "the administrator makes room, and it goes on by itself") \
X(E_PARCEL_UNKNOWN, 135, LATER, 0, "no such files here", \
  "seal them again: valise send FORM --attach FILE") \
X(E_PARCEL_CHANGED, 136, LOCAL, 42, "a file changed while it was sealed", \
  "send it when nobody writes to it any more") \
X(E_NOT_LENT, 137, LATER, 0, "the node does not have the memory that was named", \
  "it goes on over the connection by itself") \
X(E_UNKNOWN_KIND, 200, FINAL, 1, "kind or code not known", \
  "see which there are: valise explain kinds") \
X(E_FIELD_MISSING, 201, FINAL, 2, "a mandatory field is missing", \
  "fill the field named; what it is: valise explain FIELD") \
X(E_FIELD_RANGE, 202, FINAL, 2, "a field is outside its bounds", \
  "correct the field named; its bounds: valise explain FIELD") \
X(E_DUPLICATE, 203, FINAL, 3, "this id was used before", \
  "make it anew and send that: valise new") \
X(E_SIGNATURE, 204, FINAL, 4, "a signature is missing or does not hold", \
  "the signer must stand on the staff list: valise officer list") \
X(E_FOUR_EYES, 205, FINAL, 5, "two different persons must sign", \
  "an approver or head of office, not the author: valise approve ID") \
X(E_FOUR_EYES_REQUIRED, 206, FINAL, 5, "the recipient asks for two signatures", \
  "an approver or head of office signs it too: valise approve ID") \
X(E_COUNTERPART, 207, FINAL, 10, "not a counterpart for this kind", \
  "go through your own counterpart: valise peer show AUTHORITY") \
X(E_NOT_PARTY, 208, FINAL, 12, "case content goes to parties only", \
  "send it to an authority of a State Party") \
X(E_RESTR_UNKNOWN, 209, FINAL, 30, "the limits on use are not complete or not known", \
  "correct the limits; values: valise explain restrictions.use_level") \
X(E_RESTR_NOT_ORIGINATOR, 210, FINAL, 31, "the limits name another originator", \
  "only its originator may: ask there") \
X(E_RESTR_TIME, 211, FINAL, 32, "the times of the limits contradict each other", \
  "set valid_from before use_until, use_until not after retain_until") \
X(E_RESTR_WIDENED, 212, FINAL, 33, "wider than the originator allowed", \
  "keep the limits of what you hand on, or ask: valise consent ask ID") \
X(E_RESTR_FORK, 213, FINAL, 34, "the same revision of the limits with other content", \
  "keep both revisions and ask their originator which one counts") \
X(E_SOURCE, 214, FINAL, 35, "content from a report must protect its source", \
  "set protect_source to true") \
X(E_CLASSIFICATION, 215, FINAL, 36, "classified above what this system may carry", \
  "use a channel that may carry it") \
X(E_PROCEEDING, 216, FINAL, 40, "a proceeding that is not defined", \
  "name a proceeding that the thread defines") \
X(E_RESTR_NOT_ACCEPTED, 217, FINAL, 41, "the limits were not accepted first", \
  "accept them first: valise ack ID") \
X(E_DIGEST_MISMATCH, 218, FINAL, 42, "the content differs from what was announced", \
  "do not use it; ask its sender to send it again: valise clarify ID") \
X(E_PURPOSE, 219, FINAL, 43, "not a purpose that the originator allowed", \
  "ask the originator; see: valise may ID") \
X(E_USE_LEVEL, 220, FINAL, 43, "a use above the level that the originator allowed", \
  "ask for a higher level: valise consent ask ID") \
X(E_USE_EXPIRED, 221, FINAL, 44, "the time of use is over", \
  "ask the originator; see: valise may ID") \
X(E_RETENTION_EXPIRED, 222, FINAL, 44, "the time of keeping is over", \
  "ask its sender to send it again; header and log stay") \
X(E_EMBARGO, 223, FINAL, 45, "not to be opened yet", \
  "wait for the date in its limits: valise may ID") \
X(E_MLA_INCOMPLETE, 224, FINAL, 46, "the request is not complete", \
  "complete it: valise formalise ID DIR says what is missing") \
X(E_BAD_STATE, 225, FINAL, 50, "not possible in the state of this thread", \
  "see what is: valise next ID") \
X(E_NO_PRIOR_CONSULT, 226, FINAL, 51, "the other side was not consulted first", \
  "consult first: valise pre-refusal ID") \
X(E_GROUND_PROHIBITED, 227, FINAL, 52, "a ground on which help may not be refused", \
  "see why, and what to do instead: valise explain GROUND") \
X(E_REASON_MISSING, 228, FINAL, 53, "a reason of 20 characters or more is needed", \
  "say in a sentence why") \
X(E_CONSENT_NOT_ORIGINATOR, 229, FINAL, 61, "the consent is not the originator's", \
  "ask the originator, through who sent it: valise consent ask ID") \
X(E_CONSENT_SCOPE, 230, FINAL, 62, "outside what was consented to", \
  "stay within the consent, or ask for more: valise consent list") \
X(E_CONSENT_EXPIRED, 231, FINAL, 62, "the consent is over", \
  "ask again: valise consent ask ID") \
X(E_CONSENT_EXHAUSTED, 232, FINAL, 62, "the consent is used up", \
  "ask again: valise consent ask ID") \
X(E_CONSENT_REVOKED, 233, FINAL, 62, "the consent was revoked", \
  "use it no more, and ask again: valise consent ask ID") \
X(E_ONWARD_NO_CONSENT, 234, FINAL, 60, "passing on needs the originator's consent", \
  "ask for it: valise consent ask ID") \
X(E_ONWARD_NEVER, 235, FINAL, 60, "never to be passed on", \
  "the other authority asks the originator itself") \
X(E_REPLY, 236, FINAL, 70, "the answer is not complete", \
  "give each question its status, and say where it was looked for") \
X(E_CERT_INCOMPLETE, 237, FINAL, 80, "the certificate does not balance", \
  "name each copy that is left among the exceptions") \
X(E_RATE, 238, LATER, 91, "too many in a day", \
  "try again tomorrow") \
X(E_AUDIENCE, 239, FINAL, 0, "not among those who may open it", \
  "see who may: valise may ID") \
X(E_ATTRIBUTION_CONFLICT, 240, FINAL, 0, "must cite and must not name contradict", \
  "correct the limits on use") \
X(E_SEALED, 241, LOCAL, 0, "called back by its originator; nobody opens it now", \
  "answer the recall: valise next ID") \
X(E_DESTROYED, 242, LOCAL, 0, "its content was destroyed", \
  "header, receipts and log still show that it was here") \
X(E_ON_HOLD, 243, LOCAL, 0, "a legal hold forbids it", \
  "an approver can lift the hold: valise hold ID --lift") \
X(E_SUBJECT_NOTICE, 244, FINAL, 43, "the person concerned may not be told", \
  "ask the originator: valise consent ask ID") \
X(E_ATTRIBUTION, 245, FINAL, 65, "the originator may not be named", \
  "leave its name out, or ask it: valise consent ask ID") \
X(E_OFFER_OVER, 246, FINAL, 41, "the offer can be accepted no longer", \
  "ask for it again: a new offer takes a moment") \
X(E_ACCEPTED_OTHER, 247, FINAL, 41, "accepts another offer or other limits", \
  "accept what was offered: valise accept ID") \
X(A_FALLBACK, 300, LOCAL, 14, "no focal point there: the central authority is suggested", \
  "send it to the central authority of that State: valise peer list") \
X(A_DIR_STALE, 301, LOCAL, 15, "the directory entry is past its review date", \
  "ask the other side whether its entry still holds: valise peer show AUTHORITY") \
X(A_LANGUAGE, 302, LOCAL, 16, "not in a language that the recipient accepts", \
  "add a translation, or write in a language of: valise peer show AUTHORITY") \
X(A_EXCULPATORY_LATE, 303, LOCAL, 81, "late notice of an exculpatory disclosure", \
  "tell the originator now, and say why it is late") \
X(A_FEEDBACK_NAMES, 304, LOCAL, 82, "feedback seems to name a subject", \
  "leave names out: say what came of it in codes") \
X(A_CHECKDIGIT, 305, LOCAL, 90, "a check digit does not fit", \
  "compare it with the source; keep it where the source has it so") \
X(A_OVERDUE, 306, LOCAL, 0, "a date was missed", \
  "see what is late: valise due --late; ask how far it is: valise remind ID") \
X(A_CLOCK, 307, LOCAL, 0, "dated well before the last message of the thread", \
  "ask the sender to look at the clock of its machine") \
X(A_CIVIL_NOT_SUPPORTED, 308, LOCAL, 0, "may not help in civil or administrative matters", \
  "ask first whether it can help: valise question AUTHORITY") \
X(A_FANOUT, 309, LOCAL, 0, "asked of more than five authorities", \
  "tell each of them who else is asked: already_shared_with")

enum err {
#define ERR_ENUM(name, number, ending, rule, text, hint) name = number,
    ERR_LIST(ERR_ENUM)
#undef ERR_ENUM
};

struct err_row {
    enum err e;
    const char *name;
    enum err_ending ending;
    uint16_t rule;
    const char *text;
    const char *hint;           /* "" where there is none */
};

/*
 * err_row(e):
 * The row of e; the row of ERR_INTERNAL for a number that is in no row, so
 * that a code which came from a peer can be asked for without a check.
 */
const struct err_row *err_row(enum err e);

/*
 * err_find(name):
 * The row whose name is name, or NULL.
 */
const struct err_row *err_find(const char *name);

/*
 * err_known(number):
 * Whether number is in the list.
 */
bool err_known(uint64_t number);

/*
 * err_all(n):
 * All rows, and how many in *n.
 */
const struct err_row *err_all(size_t *n);

/* Where a fault is: a field path such as "parts[1].text", never content. */
#define FAULT_PATH_MAX 127
struct fault {
    enum err e;
    uint16_t rule;              /* of this finding; 0 = that of the code */
    char path[FAULT_PATH_MAX + 1];
};

/*
 * fault_set(f, e, rule, format, ...):
 * Write e, rule and the path into f (which may be NULL) and return e.  A
 * path that does not fit is cut.
 */
enum err fault_set(struct fault *f, enum err e, uint16_t rule,
    const char *format, ...) __attribute__((format(printf, 4, 5)));

#endif
