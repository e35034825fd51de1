/*
 * err: every failure of valise as a value.
 *
 * One list makes the enum, the name, the text and the hint.  Numbers go into
 * logs, receipts and --json output and are never changed or used again:
 *   1 to 99     ours: files, memory, secrets, commands; never sent
 *   100 to 199  bytes, trust and transport (FORMAT.md, "Errors")
 *   200 to 299  the domain's E_ codes (they block)
 *   300 to 349  the domain's A_ alerts (they do not block)
 * A row is X(name, number, ending, rule, text, hint, words).  The ending says
 * what a node answers to a peer: FINAL is logged and ends the message, LATER
 * is not logged and makes the sender try again, LOCAL is never sent.  The rule
 * is the number of the V-rule behind the code, 0 where there is none.  Text
 * and hint, what is wrong and what to do, stand in one line of an answer; the
 * words say to people what the code means and what follows from it.
 */
#ifndef PROTO_ERR_H
#define PROTO_ERR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MUST_USE __attribute__((warn_unused_result))

enum err_ending { LOCAL, FINAL, LATER };

#define ERR_LIST(X) \
X(OK, 0, LOCAL, 0, "success", "", \
  "It was done. Nothing has to be done about it.") \
X(ERR_NOMEM, 1, LOCAL, 0, "out of memory", \
  "end other programs and try again", \
  "The machine had no memory left for what was asked, or it is larger than " \
  "what the program takes at once.") \
X(ERR_IO, 2, LOCAL, 0, "reading or writing failed", \
  "look at the disk and at the permissions of the folder", \
  "The disk, the folder or the connection did not do what it was asked to.") \
X(ERR_FULL, 3, LOCAL, 0, "the disk is full", \
  "free space in the folder named; nothing accepted before is lost", \
  "Nothing more fits on the disk, or within the share of this user. Files " \
  "that were not whole have no name.") \
X(ERR_CRYPTO, 4, LOCAL, 0, "this cannot be opened or is not genuine", \
  "it is damaged, altered or for other keys: get it anew from its maker", \
  "The key at hand does not open these bytes, or their tag or signature " \
  "does not fit: they were changed, cut, or made for others.") \
X(ERR_PASSPHRASE, 5, LOCAL, 0, "wrong passphrase", "try again", \
  "The passphrase does not open the key file. Nobody but its owner can set " \
  "another one, and it is kept nowhere.") \
X(ERR_LOCKED, 6, LOCAL, 0, "your keys are locked", "run: valise unlock", \
  "No agent holds your keys open now: they were locked, or the time for " \
  "which they stay open has passed.") \
X(ERR_USAGE, 7, LOCAL, 0, "the command cannot be done as it is written", \
  "run: valise help", \
  "An operand or option is missing, is not known or does not fit the " \
  "others. Nothing was begun.") \
X(ERR_CONFIG, 8, LOCAL, 0, "the configuration has a fault", \
  "correct the line named", \
  "A line of the configuration has a key that is not known, stands twice or " \
  "has a value out of its range. The program does not begin with it.") \
X(ERR_NOTFOUND, 9, LOCAL, 0, "not found", "look at the name and the folder", \
  "There is no file, folder, key or name as it was given.") \
X(ERR_EXISTS, 10, LOCAL, 0, "exists already and is not overwritten", \
  "choose another name, or move it away first", \
  "Something of this name is there, and nothing is ever replaced unasked.") \
X(ERR_PERM, 11, LOCAL, 0, "a secret file can be read by others", \
  "make it readable by its owner only: chmod 600 FILE", \
  "A file with keys may be read or written by others than its owner. It is " \
  "not used before that is mended, since it may be known to them.") \
X(ERR_INUSE, 12, LOCAL, 0, "already in use by another process", \
  "wait until it has ended", \
  "Another process has the store, the folder or the socket. Two at once " \
  "would damage it.") \
X(ERR_UNREACHABLE, 13, LOCAL, 0, "the node does not answer", \
  "ask the administrator whether valised runs; nothing was lost", \
  "There is no connection to the own node, or no answer in time. What was " \
  "handed in before and confirmed is safe there.") \
X(ERR_LINK, 14, LOCAL, 0, \
  "the node cannot prove that its log goes on from what was seen before", \
  "keep both notes and tell the auditor: valise status", \
  "A log only ever grows. This one does not contain what an earlier, signed " \
  "note of it said: it was cut, changed or set back to an old copy.") \
X(ERR_PROOF, 15, LOCAL, 0, "a proof does not hold", \
  "tell the auditor; nothing was opened", \
  "What a node says stands in its log was not proven: the entry, its " \
  "content or the signed note does not fit. Nothing was taken from it.") \
X(ERR_TRUST, 16, LOCAL, 0, \
  "a card or list does not verify up to a root that your officers compared", \
  "run: valise peer show AUTHORITY", \
  "Each card and list is signed up to a root whose digits people have " \
  "compared. For this one that chain is not complete, or is broken.") \
X(ERR_AUDIT, 17, LOCAL, 0, "the log does not verify", \
  "keep the export and the findings as they are", \
  "Entries of the log do not fit each other or the signed notes: the log " \
  "was changed, or the export is damaged.") \
X(ERR_NOT_INIT, 18, LOCAL, 0, "this place is not set up yet", \
  "run: valise help", \
  "There are no keys, card or store where they were looked for.") \
X(ERR_SHORT, 19, LOCAL, 0, "input ends too early", "get the file anew", \
  "The file or message is cut: it ends before what it announces.") \
X(ERR_KDF, 20, LOCAL, 0, \
  "the key file asks for a passphrase cost outside the accepted range", \
  "the file was altered: take a copy that nobody else could write", \
  "The cost of opening a key file stands in the file. This one would take " \
  "far too little, so that it is guessed, or far too much.") \
X(ERR_FORMAT, 21, LOCAL, 0, "this is not a file of the kind expected", \
  "look whether it is the file that was meant", \
  "The file begins otherwise, or is built otherwise, than one of the kind " \
  "that is asked for here.") \
X(ERR_CANCELLED, 22, LOCAL, 0, "cancelled; nothing was sent", "", \
  "You said no, or ended it. It can be done again at any time.") \
X(ERR_INTERNAL, 23, LOCAL, 0, "internal error", "please report it", \
  "The program met what it holds to be impossible, and stopped at it.") \
X(ERR_LIST_MISSING, 24, LOCAL, 0, \
  "a list that is needed has not arrived yet", "try again in a minute", \
  "A card, a list of officers or a list of weekly keys is named here that " \
  "has not come yet; it comes by itself.") \
X(ERR_ACCESS, 25, LOCAL, 0, "this user may not read or write there", \
  "look at the owner and the permissions of the file and its folder", \
  "The system does not let this user do it there.") \
X(ERR_NEWER, 26, LOCAL, 0, "written by a newer version of this program", \
  "install that version again; nothing was changed", \
  "The store or file has a form that this version does not know. It is left " \
  "alone, so that nothing in it is lost.") \
X(ERR_OLDER, 27, LOCAL, 0, "written by an older version, before the first release", \
  "set this node up anew; nothing was changed", \
  "Stores from before the first release are not taken over.") \
X(ERR_LIBRARY, 28, LOCAL, 0, \
  "libsodium is older than its security updates", \
  "install the updates of libsodium (Debian 12: 1.0.18-1+deb12u1 or newer)", \
  "This libsodium takes points for keys that are none (CVE-2025-69277). " \
  "Nothing is signed, sealed or checked with it.") \
X(E_MALFORMED, 100, FINAL, 2, "the bytes are not a message of this protocol", \
  "the sender makes it anew with a current version of the program", \
  "The bytes cannot be read as a message: types, lengths or order are " \
  "others than FORMAT.md has them. The other side's program is at fault, or " \
  "somebody changed them on the way.") \
X(E_OVERSIZE, 101, FINAL, 2, "larger than the limit", \
  "move long text into an attachment, or send two messages", \
  "A message, a field or a list has more bytes than the protocol allows. " \
  "Files travel beside the message and may be larger.") \
X(E_DEPTH, 102, FINAL, 2, "nested too deep or too many items", \
  "the sender makes it anew with a current version of the program", \
  "Records lie within records, or stand in lists, beyond what the protocol " \
  "allows.") \
X(E_NONCANON, 103, FINAL, 2, "not in the one canonical form", \
  "the sender makes it anew with a current version of the program", \
  "The same could be written with other bytes. One content has one form " \
  "only, so that a signature is over that and nothing else.") \
X(E_DUPKEY, 104, FINAL, 2, "a key twice or out of order", \
  "the sender makes it anew with a current version of the program", \
  "A field stands twice, or fields are not in ascending order, so that two " \
  "readers could see two messages in it.") \
X(E_VERSION, 105, FINAL, 1, "version of the protocol not known", \
  "both sides need a common version", \
  "The message or the peer speaks a version of the protocol that this " \
  "program does not know.") \
X(E_NETWORK, 106, FINAL, 1, "of another network", \
  "each network has its own root, card and keys", \
  "It was made for another network, for example for trials, and is not " \
  "taken here.") \
X(E_UNKNOWN_AUTHORITY, 107, FINAL, 10, "authority not known here", \
  "its card must be added first: valise peer add CARD", \
  "No card of this authority was accepted here, so that nothing of it can " \
  "be verified and nothing be sealed to it.") \
X(E_NOT_RECIPIENT, 108, FINAL, 10, "not addressed to this authority", \
  "send it to the authority that it names: valise peer list", \
  "The signed header names another authority as sender or recipient than " \
  "the one that has it now.") \
X(E_FORK, 109, FINAL, 3, "the same id with other bytes", \
  "keep both and tell the auditor: one of the two was altered", \
  "Two contents carry one number. By mistake that does not happen: somebody " \
  "made two versions, and shows one here and one there.") \
X(E_EXPIRED, 110, FINAL, 0, "arrived after its end of life", \
  "make it anew and send that: valise new", \
  "Its sender said until when it may arrive, and that time had passed when " \
  "it came. Its content was not taken.") \
X(E_FUTURE, 111, LATER, 0, "dated in the future", "look at the clock", \
  "It is dated more than ten minutes ahead of the clock here. It is tried " \
  "again, and taken when that is past or the clock was set.") \
X(E_KEY_UNKNOWN, 112, FINAL, 4, "names a key or list that was never published", \
  "somebody may have fed the sender a false list: tell the auditor", \
  "It names a key, a card or a list that its authority never published as " \
  "far as is known here.") \
X(E_KEY_STALE, 113, FINAL, 4, "sealed to a key that is over or gone", \
  "make it anew and send that: valise new", \
  "It is sealed to a weekly key that has ended or was erased, to a list " \
  "that is not in force any more, or to an officer who left.") \
X(E_ROLE, 114, FINAL, 4, "this person's role does not allow it", \
  "ask your keeper: valise officer list", \
  "What an officer may do hangs on the roles that the signed list of " \
  "officers gives; none of them allows this act.") \
X(E_QUOTA, 115, LATER, 0, "the room set aside for this sender is used up", \
  "it goes on when what came before is opened, or has arrived; the " \
  "administrator can give more room", \
  "Each sender, and each officer, may fill so much of the room for files " \
  "and no more, so that none takes the share of the others. Nothing is " \
  "lost: the message waits.") \
X(E_BUSY, 116, LATER, 0, "busy", "it is tried again by itself", \
  "The other side has more to do than it can at this moment. Nothing is " \
  "lost.") \
X(E_LIST_MISSING, 117, LATER, 0, "a list that the message names is not here yet", \
  "it is tried again by itself", \
  "The message names a card or list that comes on its own way. Until it is " \
  "here, nobody can say whose signature it is.") \
X(E_ORDER, 118, LATER, 0, "a message that it answers is not here yet", \
  "it is tried again by itself", \
  "It answers a message that has not come yet. It is taken when that one is " \
  "here.") \
X(E_STALE_STATEMENT, 119, LATER, 0, "signed over an old state of the log", "run it again", \
  "What an officer states names the newest state of the log that he has " \
  "seen, of the last ten minutes. This one was older: the clock of his " \
  "machine is wrong, or he waited long.") \
X(E_STORE_FULL, 120, LATER, 0, "the node's disk is full", \
  "tell the administrator; nothing accepted before is lost", \
  "The node takes nothing more before it has room, since what it confirms " \
  "must be kept.") \
X(E_CLOCK, 121, LATER, 0, "the node does not trust its clock", \
  "tell the administrator: its clock must be set", \
  "Limits and dates hang on the time. While the clock of the node is not " \
  "known to be right, it decides nothing that hangs on it.") \
X(E_UNKNOWN_REQUEST, 122, LOCAL, 0, "request not known", \
  "node and command must be of one version", \
  "The command asked what this node does not know.") \
X(E_NOT_FOUND, 123, LOCAL, 0, "no such message, list or thread", \
  "see what there is: valise inbox", \
  "The node has nothing of this id that you may see.") \
X(E_SERIAL, 124, LOCAL, 0, "a newer list is known already", "run it again", \
  "Cards and lists have numbers that follow one another. Somebody was " \
  "quicker with a newer one, or the number is not the next.") \
X(E_HELD, 125, LATER, 0, "the node holds; it signs and accepts nothing now", \
  "tell the administrator and the auditor", \
  "The node was told to hold, or holds by itself because its state is in " \
  "doubt. What is sent to it waits at the senders.") \
X(E_PENDING, 126, LOCAL, 0, "waits for a second person", \
  "an approver or head of office signs it: valise approve", \
  "It is not in force yet: a second officer, who is another person, has " \
  "still to sign.") \
X(E_CARD_ENDED, 127, LOCAL, 0, "the card of this authority has ended", \
  "custodians renew it, then a keeper: valise keeper card CARD", \
  "A card is valid for a time, which is over. Nothing new of this authority " \
  "is taken, and nothing is sealed to it.") \
X(E_NO_NODE, 128, LOCAL, 10, \
  "this authority has no node: no message can be sent to it", \
  "reach it by hand: valise hand-over ID --to AUTHORITY --by WAY", \
  "It takes part without a node: what it gets goes by hand, with the limits " \
  "on paper, and is logged here.") \
X(E_BLOCK_INDEX, 129, LATER, 42, "no block of that number", \
  "what it announced and what it sends differ: tell the auditor", \
  "Files travel in blocks that have numbers. This one is past the end that " \
  "the signed header announced.") \
X(E_BLOCK_LENGTH, 130, LATER, 42, "a block of another length than announced", \
  "it is asked for again; tell the auditor if it stays so", \
  "All blocks but the last have one length, and the signed header says how " \
  "long the whole is. This one does not fit, and was not taken.") \
X(E_BLOCK_PROOF, 131, LATER, 42, "a block that is not of the sealed files", \
  "it is asked for again; tell the auditor if it stays so", \
  "The signed header names the root of a tree of all blocks. This one does " \
  "not lead there, and was not taken.") \
X(E_BLOCK_UNASKED, 132, LATER, 0, "a block that nobody asked for", \
  "the other node is at fault: tell its administrator", \
  "Blocks come only when they were asked for. This one was not, and was not " \
  "taken.") \
X(E_BLOCKS_MISSING, 133, LATER, 0, "the files have not all arrived yet", \
  "see how far they are: valise transfers", \
  "The message is there, and blocks of its files are still on their way, or " \
  "were never handed in.") \
X(E_PARCEL_ROOM, 134, LATER, 0, "there is no room for the files", \
  "the administrator makes room, and it goes on by itself", \
  "The disk, or the number of uploads at once, leaves no room for files of " \
  "this size now. The message waits.") \
X(E_PARCEL_UNKNOWN, 135, LATER, 0, "no such files here", \
  "seal them again: valise send FORM --attach FILE", \
  "Sealed files that no message names go after a week, those half handed in " \
  "after a day, and nobody sees those of another.") \
X(E_PARCEL_CHANGED, 136, LOCAL, 42, "a file changed while it was sealed", \
  "send it when nobody writes to it any more", \
  "Its size or content at the end was another than at the beginning. Half " \
  "of one version and half of another is not sent.") \
X(E_NOT_LENT, 137, LATER, 0, "the node does not have the memory that was named", \
  "it goes on over the connection by itself", \
  "On one machine the node lends memory for blocks, and takes back what was " \
  "not used for a minute. The files are not concerned.") \
X(E_PARCEL_DAMAGED, 138, LATER, 0, \
  "the sealed files are damaged at the node that keeps them", \
  "what came from others is asked for anew by itself; what was handed in is " \
  "sealed and sent anew", \
  "Blocks on its disk cannot be read, or are not those of the sealed files " \
  "any more. Nothing else is touched by it. The node that got them asks " \
  "their sender again; where the sender's are damaged, only its officers " \
  "can seal them again.") \
X(E_KEY_BAD, 139, FINAL, 4, "a public key that is none", \
  "whoever made it makes another: valise key new, valise node new", \
  "A key in a card, a list or a request has the wrong length, is no point of " \
  "the curve or one of those for which every secret is the same, or its id " \
  "is not its own. Nothing is ever sealed to it.") \
X(E_THREAD_FULL, 140, FINAL, 2, "the thread has no room for more of this", \
  "go on in a new thread, which names the messages of this one: valise new", \
  "A thread has room for some hundred messages. Near its end it takes only " \
  "what tightens limits or takes back, so that this is always possible, and " \
  "the last room is for who has the node.") \
X(E_PARCEL_LOST, 141, FINAL, 0, \
  "the sealed files are damaged at your node: no message can go with them", \
  "attach the files themselves: the same command with --attach or " \
  "--attach-dir, without --parcel-of; what waits for an approver goes back " \
  "to its author: valise return ID", \
  "Your node has found that blocks of them on its disk cannot be read, or " \
  "are not those of the sealed files any more: whoever got the message would " \
  "wait for them for ever, so that it was not taken. Only who has the files " \
  "can seal them again, which has nothing to do with the damaged ones.") \
X(E_UNKNOWN_KIND, 200, FINAL, 1, "kind or code not known", \
  "see which there are: valise explain kinds", \
  "A kind of message, or a code in it, is of a newer version of the domain, " \
  "or of none. What is not known is refused, not guessed.") \
X(E_FIELD_MISSING, 201, FINAL, 2, "a mandatory field is missing", \
  "fill the field named; what it is: valise explain FIELD", \
  "A field has to be there, always or because of what another field says, " \
  "and is not.") \
X(E_FIELD_RANGE, 202, FINAL, 2, "a field is outside its bounds", \
  "correct the field named; its bounds: valise explain FIELD", \
  "A field is too long, too short, too large, of another form, or stands " \
  "where it must not.") \
X(E_DUPLICATE, 203, FINAL, 3, "this id was used before", \
  "make it anew and send that: valise new", \
  "An id belongs to one message for ever. The first one stays as it is.") \
X(E_SIGNATURE, 204, FINAL, 4, "a signature is missing or does not hold", \
  "the signer must stand on the staff list: valise officer list", \
  "The signer is not on the list in force, signed with another key, or the " \
  "bytes were changed after it.") \
X(E_FOUR_EYES, 205, FINAL, 5, "two different persons must sign", \
  "an approver or head of office, not the author: valise approve", \
  "This takes the signatures of two officers who are two persons; one has " \
  "both keys, or one signature is missing.") \
X(E_FOUR_EYES_REQUIRED, 206, FINAL, 5, "the recipient asks for two signatures", \
  "an approver or head of office signs it too: valise approve", \
  "In its entry in the directory the recipient says that it takes this kind " \
  "with two signatures only.") \
X(E_COUNTERPART, 207, FINAL, 10, "not a counterpart for this kind", \
  "go through your own counterpart: valise peer show AUTHORITY", \
  "Kinds go between certain authorities: FIU to FIU, central authority to " \
  "central authority, and so on. These two are not counterparts for it.") \
X(E_NOT_PARTY, 208, FINAL, 12, "case content goes to parties only", \
  "send it to an authority of a State Party", \
  "The convention and its limits on use bind States Parties; the recipient " \
  "is of none, so that content of a case does not go there.") \
X(E_RESTR_UNKNOWN, 209, FINAL, 30, "the limits on use are not complete or not known", \
  "correct the limits; values: valise explain restrictions.use_level", \
  "A limit is missing or has a value that is not known here. What cannot be " \
  "kept is not taken.") \
X(E_RESTR_NOT_ORIGINATOR, 210, FINAL, 31, "the limits name another originator", \
  "only its originator may: ask there", \
  "Limits are set by whoever the content comes from first, and travel with " \
  "it unchanged. These name somebody else.") \
X(E_RESTR_TIME, 211, FINAL, 32, "the times of the limits contradict each other", \
  "set valid_from before use_until, use_until not after retain_until", \
  "The limits say from when, until when it is used and until when it is " \
  "kept. These times cannot all hold.") \
X(E_RESTR_WIDENED, 212, FINAL, 33, "wider than the originator allowed", \
  "keep the limits of what you hand on, or ask: valise consent ask ID", \
  "Limits that travel on may only become narrower. These would allow what " \
  "the originator did not, or undo his change.") \
X(E_RESTR_FORK, 213, FINAL, 34, "the same revision of the limits with other content", \
  "keep both revisions and ask their originator which one counts", \
  "One revision of the limits has two contents: one of them is not what the " \
  "originator signed.") \
X(E_SOURCE, 214, FINAL, 35, "content from a report must protect its source", \
  "set protect_source to true", \
  "It stems from a report of a suspicious transaction or a person who " \
  "reported. The limits must protect who reported.") \
X(E_CLASSIFICATION, 215, FINAL, 36, "classified above what this system may carry", \
  "use a channel that may carry it", \
  "This system carries content up to RESTRICTED. The marking of this one is " \
  "higher.") \
X(E_PROCEEDING, 216, FINAL, 40, "a proceeding that is not defined", \
  "name a proceeding that the thread defines", \
  "Limits can allow use in a named proceeding. This one is not defined in " \
  "the thread, or is another than there.") \
X(E_RESTR_NOT_ACCEPTED, 217, FINAL, 41, "the limits were not accepted first", \
  "accept them first: valise ack ID", \
  "Its originator lets it be opened only by who has accepted its limits, or " \
  "has agreed to keep it confidential.") \
X(E_DIGEST_MISMATCH, 218, FINAL, 42, "the content differs from what was announced", \
  "do not use it; ask its sender to send it again: valise clarify ID", \
  "The SHA-256 of a file, of the list or of the content is another than the " \
  "one that was signed.") \
X(E_PURPOSE, 219, FINAL, 43, "not a purpose that the originator allowed", \
  "ask the originator; see: valise may ID", \
  "It was asked for a purpose that its limits do not name. The content " \
  "stays closed, and the attempt is in the log.") \
X(E_USE_LEVEL, 220, FINAL, 43, "a use above the level that the originator allowed", \
  "ask for a higher level: valise consent ask ID", \
  "Limits say how far a use may go, from intelligence only up to evidence. " \
  "This one goes further.") \
X(E_USE_EXPIRED, 221, FINAL, 44, "the time of use is over", \
  "ask the originator; see: valise may ID", \
  "Its limits say until when it may be used, and that has passed. Only what " \
  "the law asks for may still be done with it.") \
X(E_RETENTION_EXPIRED, 222, FINAL, 44, "the time of keeping is over", \
  "ask its sender to send it again; header and log stay", \
  "Its limits say until when it is kept, and that has passed: the content " \
  "was or will be destroyed.") \
X(E_EMBARGO, 223, FINAL, 45, "not to be opened yet", \
  "wait for the date in its limits: valise may ID", \
  "Its limits say from when it may be opened, and that time has not come.") \
X(E_MLA_INCOMPLETE, 224, FINAL, 46, "the request is not complete", \
  "complete it: valise formalise ID DIR says what is missing", \
  "A formal request needs what article 46(15) names: who asks, the subject, " \
  "the facts, the help wanted, the purpose and so on.") \
X(E_BAD_STATE, 225, FINAL, 50, "not possible in the state of this thread", \
  "see what is: valise next ID", \
  "Each thread goes through states, and each state allows certain messages " \
  "of certain sides. This one is not among them now.") \
X(E_NO_PRIOR_CONSULT, 226, FINAL, 51, "the other side was not consulted first", \
  "consult first: valise pre-refusal ID", \
  "Before help is refused or postponed the other side is heard, so that it " \
  "can amend or accept conditions. That did not happen, or its time still " \
  "runs.") \
X(E_GROUND_PROHIBITED, 227, FINAL, 52, "a ground on which help may not be refused", \
  "see why, and what to do instead: valise explain GROUND", \
  "Some grounds are excluded by the convention, bank secrecy among them; " \
  "others hold under a condition that is not met here.") \
X(E_REASON_MISSING, 228, FINAL, 53, "a reason of 20 characters or more is needed", \
  "say in a sentence why", \
  "A refusal or a consent refused must be explained, and the text is " \
  "missing or too short.") \
X(E_CONSENT_NOT_ORIGINATOR, 229, FINAL, 61, "the consent is not the originator's", \
  "ask the originator, through who sent it: valise consent ask ID", \
  "Only whom the content comes from can allow more. This consent is signed " \
  "by somebody else.") \
X(E_CONSENT_SCOPE, 230, FINAL, 62, "outside what was consented to", \
  "stay within the consent, or ask for more: valise consent list", \
  "The consent was given for another recipient, purpose, part or act than " \
  "this one.") \
X(E_CONSENT_EXPIRED, 231, FINAL, 62, "the consent is over", \
  "ask again: valise consent ask ID", \
  "Each consent runs to a date, which has passed.") \
X(E_CONSENT_EXHAUSTED, 232, FINAL, 62, "the consent is used up", \
  "ask again: valise consent ask ID", \
  "The consent says how many times it may be used, and so often it was.") \
X(E_CONSENT_REVOKED, 233, FINAL, 62, "the consent was revoked", \
  "use it no more, and ask again: valise consent ask ID", \
  "The originator has taken it back. What was done under it before stays as " \
  "it is, unless he asks otherwise.") \
X(E_ONWARD_NO_CONSENT, 234, FINAL, 60, "passing on needs the originator's consent", \
  "ask for it: valise consent ask ID", \
  "It may go to a third authority only with the signed consent of each " \
  "originator. Silence is none.") \
X(E_ONWARD_NEVER, 235, FINAL, 60, "never to be passed on", \
  "the other authority asks the originator itself", \
  "Its limits exclude that it is passed on, and that consent is asked for " \
  "it.") \
X(E_REPLY, 236, FINAL, 70, "the answer is not complete", \
  "give each question its status, and say where it was looked for", \
  "A full answer says for each question what came of it, and where nothing " \
  "was found, where it was looked for.") \
X(E_CERT_INCOMPLETE, 237, FINAL, 80, "the certificate does not balance", \
  "name each copy that is left among the exceptions", \
  "A certificate of destruction accounts for each copy that is known: " \
  "destroyed, or left and why. Here the sum does not come out.") \
X(E_RATE, 238, LATER, 91, "too many in a day", \
  "try again tomorrow", \
  "This authority has sent as much in one day as is taken from one. It is " \
  "there to stop floods, and nothing is lost.") \
X(E_AUDIENCE, 239, FINAL, 0, "not among those who may open it", \
  "see who may: valise may ID", \
  "Its limits, or the seal of a file, name who may open it, and you are not " \
  "among them.") \
X(E_ATTRIBUTION_CONFLICT, 240, FINAL, 0, "must cite and must not name contradict", \
  "correct the limits on use", \
  "The limits ask that the originator be cited, and that it not be named. " \
  "Nobody can keep both.") \
X(E_SEALED, 241, LOCAL, 0, "called back by its originator; nobody opens it now", \
  "answer the recall: valise next ID", \
  "Its originator has recalled it. Until that is answered the content stays " \
  "closed here.") \
X(E_DESTROYED, 242, LOCAL, 0, "its content was destroyed", \
  "header, receipts and log still show that it was here", \
  "Its time was over, or it was recalled or destroyed by hand. Nobody can " \
  "bring the content back.") \
X(E_ON_HOLD, 243, LOCAL, 0, "a legal hold forbids it", \
  "an approver can lift the hold: valise hold ID --lift", \
  "For a proceeding or by law the content must stay as it is; destruction " \
  "waits until the hold is lifted.") \
X(E_SUBJECT_NOTICE, 244, FINAL, 43, "the person concerned may not be told", \
  "ask the originator: valise consent ask ID", \
  "Its limits exclude that the person concerned learns of it, or ask the " \
  "originator first.") \
X(E_ATTRIBUTION, 245, FINAL, 65, "the originator may not be named", \
  "leave its name out, or ask it: valise consent ask ID", \
  "Its limits exclude that the originator is named to those whom this goes " \
  "to.") \
X(E_OFFER_OVER, 246, FINAL, 41, "the offer can be accepted no longer", \
  "ask for it again: a new offer takes a moment; an acceptance of it that " \
  "still waits is taken back by its own id: valise cancel", \
  "An offer of evidence says until when it is accepted, and that is " \
  "over.") \
X(E_ACCEPTED_OTHER, 247, FINAL, 41, "accepts another offer or other limits", \
  "accept what was offered: valise accept ID", \
  "Who accepts names the offer and its limits by their digests, and these " \
  "are of another offer, or of limits that have changed since.") \
X(E_ACCEPTED_TWICE, 248, FINAL, 41, "this offer was accepted before", \
  "nothing more is needed: valise thread ID", \
  "The first acceptance of an offer counts, and its files go once. Another " \
  "one changes nothing.") \
X(E_OFFER_ANSWERED, 249, FINAL, 41, "this offer was answered otherwise before", \
  "ask for it again: a new offer takes a moment", \
  "Who has declined an offer of evidence, or proposed other conditions, has " \
  "ended it: the files that were held for it are gone.") \
X(E_OFFER_CANCELLED, 250, FINAL, 41, "the files of this offer were taken back", \
  "ask for it again: a new offer takes a moment", \
  "Its sender has cancelled the transfer that was held for it, so that " \
  "nothing would follow an acceptance.") \
X(A_FALLBACK, 300, LOCAL, 14, "no focal point there: the central authority is suggested", \
  "send it to the central authority of that State: valise peer list", \
  "The State has named nobody for this matter, so that the general way is " \
  "proposed. It does not stop you.") \
X(A_DIR_STALE, 301, LOCAL, 15, "the directory entry is past its review date", \
  "ask the other side whether its entry still holds: valise peer show AUTHORITY", \
  "Each entry of the directory says when it is looked through again, and " \
  "that has passed: people or languages may have changed. It does not stop " \
  "you.") \
X(A_LANGUAGE, 302, LOCAL, 16, "not in a language that the recipient accepts", \
  "add a translation, or write in a language of: valise peer show AUTHORITY", \
  "The recipient may send it back, or take longer, for want of a " \
  "translation. It does not stop you.") \
X(A_EXCULPATORY_LATE, 303, LOCAL, 81, "late notice of an exculpatory disclosure", \
  "tell the originator now, and say why it is late", \
  "What helps an accused person may have to be disclosed by law; the " \
  "originator should know before, or a day after at most. It does not stop " \
  "you.") \
X(A_FEEDBACK_NAMES, 304, LOCAL, 82, "feedback seems to name a subject", \
  "leave names out: say what came of it in codes", \
  "Feedback is counted and passed around; a name from the thread is in its " \
  "text. It does not stop you.") \
X(A_CHECKDIGIT, 305, LOCAL, 90, "a check digit does not fit", \
  "compare it with the source; keep it where the source has it so", \
  "An account, a document or a company has a number that seems mistyped. It " \
  "may be forged and thus be the evidence, so it does not stop you.") \
X(A_OVERDUE, 306, LOCAL, 0, "a date was missed", \
  "see what is late, who owes it and what does it: valise due --late; where " \
  "they owe it: valise remind ID", \
  "What was owed by a date has not come. Nothing is decided by that: " \
  "silence is neither consent nor refusal.") \
X(A_CLOCK, 307, LOCAL, 0, "dated well before the last message of the thread", \
  "ask the sender to look at the clock of its machine", \
  "It was written on a machine whose clock is wrong, or lay there for a " \
  "day. It does not stop you.") \
X(A_CIVIL_NOT_SUPPORTED, 308, LOCAL, 0, "may not help in civil or administrative matters", \
  "ask first whether it can help: valise question AUTHORITY", \
  "By its entry in the directory the recipient helps in criminal matters " \
  "alone. It does not stop you.") \
X(A_FANOUT, 309, LOCAL, 0, "asked of more than five authorities", \
  "tell each of them who else is asked: already_shared_with", \
  "Who is asked by many at once cannot see what others do already. It does " \
  "not stop you.") \
X(A_FILES_FAULTY, 310, LOCAL, 42, "files arrived that are not those of their list", \
  "who sent them seals them anew, with their list: valise next ID", \
  "The receipt names documents whose SHA-256 or size is another than the list " \
  "of files says. Each block was checked on the way, so that the same blocks " \
  "with the same list come to the same once more.")

enum err {
#define ERR_ENUM(name, number, ending, rule, text, hint, words) \
    name = number,
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
    const char *words;
};

/*
 * err_row(e):
 * The row of e; the row of ERR_INTERNAL for a number that is in no row, so
 * that a code which came from a peer can be asked for without a check.
 */
const struct err_row *err_row(enum err e);

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
