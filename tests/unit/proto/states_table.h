/*
 * What the description of the machines says, row by row, typed from it and
 * not from the code.  The narrowest row stands first.
 *
 * who: O the opener, P the other side, * either.  from and to name states;
 * "=" is the same state, "<" the one that an answer or the end of a seal
 * leads back to, "^" the one before a legal hold.  A condition is letters,
 * a capital for what must hold and a small one for what must not:
 *   A the consultation is answered   F V-051 asks for none
 *   T TO_FOLLOW stands               L it is about the formal request
 *   O it names the opening message   Q it names an open question
 *   X it names the other side's      K it names the kind that it answers
 *   N it names what is on offer, or what holds the thread
 *   R the same was said before       D the date allows it
 *   G nothing is missing in it       M OPT_MODIFY was decided
 */
#ifndef TESTS_UNIT_PROTO_STATES_TABLE_H
#define TESTS_UNIT_PROTO_STATES_TABLE_H

#define ACTIVE "ACKNOWLEDGED CLARIFYING CONSULTING CONDITIONS_OFFERED " \
    "DELAYED PARTIALLY_ANSWERED "
#define OVER "ANSWERED ANSWERED_NEGATIVE REFUSED REDIRECTED FORMALISED " \
    "WITHDRAWN "
#define T_ALL "DELIVERED CONF_HOLD CLOSED " ACTIVE OVER
#define S_ALL "DELIVERED ACKNOWLEDGED FED_BACK WITHDRAWN CLOSED "
#define E_ALL "TRANSFERRED MISMATCH WITHDRAWN VERIFIED IN_USE CLOSED "

#define EVERY_THREAD(m, from, receipts) \
    { m, "RECEIPT", 0, '*', receipts, "=", "Xr" }, \
    { m, "RECEIPT", 1, '*', receipts, "=", "XTO" }, \
    { m, "FEEDBACK", 0, '*', from, "=", "X" }, \
    { m, "CORRECTION", 0, '*', from, "=", "x" }, \
    { m, "RECALL", 0, '*', from, "=", "x" }, \
    { m, "RECALL_RESULT", 0, '*', from, "=", "XK" }, \
    { m, "RESTRICTION_UPDATE", 0, '*', from, "=", "x" }, \
    { m, "CONSENT_REQUEST", 0, '*', from, "=", "X" }, \
    { m, "CONSENT_DECISION", 0, '*', from, "=", "XKr" }, \
    { m, "CONSENT_REVOKE", 0, '*', from, "=", "" }, \
    { m, "CONDITIONS_DECISION", 1, '*', from, "=", "XKr" }, \
    { m, "CONDITIONS_DECISION", 2, '*', from, "=", "XKr" }, \
    { m, "EXCULPATORY_NOTICE", 0, '*', from, "=", "X" }, \
    { m, "EXCULPATORY_RESPONSE", 0, '*', from, "=", "XK" }, \
    { m, "DESTRUCTION_CERT", 0, '*', from, "=", "" }, \
    { m, "BREACH_NOTICE", 0, '*', from, "=", "" }, \
    { m, "CONF_CANNOT_COMPLY", 0, '*', from, "=", "X" }, \
    { m, "STATUS_QUERY", 0, '*', from, "=", "" }, \
    { m, "STATUS_REPORT", 0, '*', from, "=", "" }

static const struct {
    char machine;                   /* T S E C X, as the page has them */
    const char *kind;               /* message, or event in words */
    unsigned qualifier;             /* 0 any */
    char who;
    const char *from, *to, *condition;
} page[] = {
    { 'T', "INFO_REQUEST", 0, 'O', "DRAFT ", "SENT", "" },
    { 'T', "CONSULTATION", 0, 'O', "DRAFT ", "SENT", "" },
    { 'T', "(delivered)", 0, 'P', "SENT ", "DELIVERED", "" },
    { 'T', "(refused)", 0, 'P', "SENT ", "REJECTED", "" },
    { 'T', "RECEIPT", 1, 'P', "DELIVERED ", "ACKNOWLEDGED", "OXT" },
    { 'T', "RECEIPT", 0, 'P', "DELIVERED ", "ACKNOWLEDGED", "OXr" },
    { 'T', "CLARIFICATION_REQUEST", 0, 'P', "ACKNOWLEDGED CONSULTING "
      "DELAYED PARTIALLY_ANSWERED ", "CLARIFYING", "" },
    { 'T', "CLARIFICATION_REPLY", 0, 'O', "CLARIFYING ", "<", "Q" },
    { 'T', "CLARIFICATION_REPLY", 0, 'O', ACTIVE, "=", "Q" },
    { 'T', "CLARIFICATION_REPLY", 0, 'O', ACTIVE, "=", "XK" },
    { 'T', "CLARIFICATION_REPLY", 0, 'O', ACTIVE, "=", "M" },
    { 'T', "CONF_CANNOT_COMPLY", 0, 'P', "DELIVERED ", "CONF_HOLD", "O" },
    { 'T', "CONF_CANNOT_COMPLY", 0, 'P', ACTIVE, "CONF_HOLD", "OT" },
    { 'T', "CONF_DECISION", 1, 'O', "CONF_HOLD ", "ACKNOWLEDGED", "N" },
    { 'T', "CONF_DECISION", 2, 'O', "CONF_HOLD ", "ACKNOWLEDGED", "N" },
    { 'T', "CONF_DECISION", 3, 'O', "CONF_HOLD ", "ACKNOWLEDGED", "N" },
    { 'T', "CONF_DECISION", 4, 'O', "CONF_HOLD ", "WITHDRAWN", "N" },
    { 'T', "CLOSE", 10, 'P', "CONF_HOLD ", "CLOSED", "ND" },
    { 'T', "PRE_REFUSAL_CONSULT", 0, 'P', ACTIVE, "CONSULTING", "" },
    { 'T', "CONDITIONS_OFFER", 0, 'P', ACTIVE, "CONDITIONS_OFFERED", "" },
    { 'T', "CONDITIONS_DECISION", 1, 'O', "CONDITIONS_OFFERED ",
      "ACKNOWLEDGED", "N" },
    { 'T', "CONDITIONS_DECISION", 2, 'O', "CONDITIONS_OFFERED ",
      "CONSULTING", "N" },
    { 'T', "CONDITIONS_DECISION", 3, 'O', "CONDITIONS_OFFERED ",
      "CONSULTING", "N" },
    { 'T', "DELAY_NOTICE", 1, 'P', "ACKNOWLEDGED ", "DELAYED", "D" },
    { 'T', "DELAY_NOTICE", 1, 'P', ACTIVE, "=", "D" },
    { 'T', "DELAY_NOTICE", 2, 'P', "CONSULTING ", "DELAYED", "DA" },
    { 'T', "DELAY_NOTICE", 2, 'P', ACTIVE, "DELAYED", "DF" },
    { 'T', "REFUSAL", 1, 'P', "CONSULTING ", "REFUSED", "A" },
    { 'T', "REFUSAL", 2, 'P', "CONSULTING ", "=", "A" },
    { 'T', "REFUSAL", 1, 'P', ACTIVE, "REFUSED", "F" },
    { 'T', "REFUSAL", 2, 'P', ACTIVE, "=", "F" },
    { 'T', "REPLY", 1, 'P', ACTIVE, "ANSWERED", "tG" },
    { 'T', "REPLY", 2, 'P', ACTIVE, "PARTIALLY_ANSWERED", "t" },
    { 'T', "REPLY", 3, 'P', ACTIVE, "=", "t" },
    { 'T', "REPLY", 4, 'P', ACTIVE, "ANSWERED_NEGATIVE", "t" },
    { 'T', "REPLY", 5, 'P', ACTIVE, "REDIRECTED", "t" },
    { 'T', "REPLY", 6, 'P', "ANSWERED ANSWERED_NEGATIVE CLOSED ", "=", "t" },
    { 'T', "FORMALISE_NOTICE", 0, 'O', "ANSWERED ANSWERED_NEGATIVE REFUSED "
      "REDIRECTED PARTIALLY_ANSWERED ", "FORMALISED", "" },
    { 'T', "STATUS_QUERY", 0, '*', "FORMALISED ", "=", "L" },
    { 'T', "STATUS_REPORT", 0, '*', "FORMALISED ", "=", "L" },
    { 'T', "CLARIFICATION_REQUEST", 0, '*', "FORMALISED ", "=", "L" },
    { 'T', "CLARIFICATION_REPLY", 0, '*', "FORMALISED ", "=", "LQ" },
    { 'T', "CLARIFICATION_REPLY", 0, 'O', "FORMALISED ", "=", "LXK" },
    { 'T', "DELAY_NOTICE", 1, 'P', "FORMALISED ", "=", "LD" },
    { 'T', "DELAY_NOTICE", 2, 'P', "FORMALISED ", "=", "LDA" },
    { 'T', "DELAY_NOTICE", 2, 'P', "FORMALISED ", "=", "LDF" },
    { 'T', "PRE_REFUSAL_CONSULT", 0, 'P', "FORMALISED ", "=", "L" },
    { 'T', "CONDITIONS_OFFER", 0, 'P', "FORMALISED ", "=", "L" },
    { 'T', "CONDITIONS_DECISION", 1, 'O', "FORMALISED ", "=", "LN" },
    { 'T', "CONDITIONS_DECISION", 2, 'O', "FORMALISED ", "=", "LN" },
    { 'T', "CONDITIONS_DECISION", 3, 'O', "FORMALISED ", "=", "LN" },
    { 'T', "REFUSAL", 0, 'P', "FORMALISED ", "=", "LA" },
    { 'T', "REFUSAL", 0, 'P', "FORMALISED ", "=", "LF" },
    { 'T', "REPLY", 6, 'P', "FORMALISED ", "=", "Lt" },
    { 'T', "WITHDRAWAL", 0, 'O', "SENT DELIVERED CONF_HOLD " ACTIVE OVER,
      "WITHDRAWN", "" },
    { 'T', "CLOSE", 0, '*', OVER, "CLOSED", "" },
    { 'T', "CLOSE", 1, 'O', "PARTIALLY_ANSWERED ", "CLOSED", "" },
    { 'T', "CLOSE", 0, '*', "CLOSED ", "=", "" },
    EVERY_THREAD('T', T_ALL, T_ALL),
    { 'T', "CLARIFICATION_REQUEST", 0, '*', T_ALL, "=", "XK" },
    { 'T', "CLARIFICATION_REPLY", 0, 'P', T_ALL, "=", "Q" },

    { 'S', "SPONT_DISCLOSURE", 0, 'O', "DRAFT ", "SENT", "" },
    { 'S', "ONWARD_TRANSFER", 0, 'O', "DRAFT ", "SENT", "" },
    { 'S', "(delivered)", 0, 'P', "SENT ", "DELIVERED", "" },
    { 'S', "(refused)", 0, 'P', "SENT ", "REJECTED", "" },
    { 'S', "RECEIPT", 1, 'P', "DELIVERED ", "ACKNOWLEDGED", "OXT" },
    { 'S', "RECEIPT", 0, 'P', "DELIVERED ", "ACKNOWLEDGED", "OXr" },
    { 'S', "FEEDBACK", 0, 'P', "DELIVERED ACKNOWLEDGED ", "FED_BACK", "X" },
    { 'S', "WITHDRAWAL", 0, 'O', "SENT DELIVERED ACKNOWLEDGED FED_BACK "
      "WITHDRAWN ", "WITHDRAWN", "" },
    { 'S', "CLOSE", 0, '*', "DELIVERED ACKNOWLEDGED FED_BACK WITHDRAWN ",
      "CLOSED", "" },
    { 'S', "CLOSE", 0, '*', "CLOSED ", "=", "" },
    EVERY_THREAD('S', S_ALL, S_ALL),
    { 'S', "CLARIFICATION_REQUEST", 0, '*', S_ALL, "=", "XO" },
    { 'S', "CLARIFICATION_REQUEST", 0, '*', S_ALL, "=", "XK" },
    { 'S', "CLARIFICATION_REPLY", 0, '*', S_ALL, "=", "Q" },

    { 'E', "EVIDENCE_OFFER", 0, 'O', "DRAFT ", "=", "" },
    { 'E', "(delivered)", 0, 'P', "DRAFT ", "OFFERED", "" },
    { 'E', "(refused)", 0, 'P', "DRAFT ", "REJECTED", "" },
    { 'E', "CONDITIONS_DECISION", 1, 'P', "OFFERED ", "ACCEPTED", "OG" },
    { 'E', "CONDITIONS_DECISION", 2, 'P', "OFFERED ", "DECLINED", "O" },
    { 'E', "CONDITIONS_DECISION", 3, 'P', "OFFERED ", "COUNTERED", "O" },
    /* protocol.md section 3: a revised set. */
    { 'E', "RESTRICTION_UPDATE", 0, 'O', "OFFERED ", "=", "x" },
    { 'E', "EVIDENCE_TRANSFER", 0, 'O', "ACCEPTED MISMATCH ", "TRANSFERRED",
      "" },
    { 'E', "EVIDENCE_TRANSFER", 0, 'O', "OFFERED ", "TRANSFERRED", "G" },
    { 'E', "RECEIPT", 1, 'P', "TRANSFERRED ", "VERIFIED", "XKGTO" },
    { 'E', "RECEIPT", 0, 'P', "TRANSFERRED ", "VERIFIED", "XKGr" },
    { 'E', "RECEIPT", 1, 'P', "TRANSFERRED ", "MISMATCH", "XKTO" },
    { 'E', "RECEIPT", 0, 'P', "TRANSFERRED ", "MISMATCH", "XKr" },
    { 'E', "FEEDBACK", 0, 'P', "VERIFIED ", "IN_USE", "XG" },
    { 'E', "WITHDRAWAL", 0, 'O', "OFFERED ACCEPTED DECLINED COUNTERED "
      "TRANSFERRED MISMATCH ", "WITHDRAWN", "" },
    { 'E', "CLOSE", 0, '*', "ACCEPTED DECLINED COUNTERED MISMATCH WITHDRAWN "
      "VERIFIED IN_USE ", "CLOSED", "" },
    { 'E', "CLOSE", 0, '*', "OFFERED ", "CLOSED", "D" },
    { 'E', "CLOSE", 0, '*', "CLOSED ", "=", "" },
    EVERY_THREAD('E', E_ALL, E_ALL "OFFERED ACCEPTED DECLINED COUNTERED "),
    { 'E', "CLARIFICATION_REQUEST", 0, '*', E_ALL, "=", "XO" },
    { 'E', "CLARIFICATION_REQUEST", 0, '*', E_ALL, "=", "XK" },
    { 'E', "CLARIFICATION_REPLY", 0, '*', E_ALL, "=", "Q" },

    { 'C', "CONSENT_REQUEST", 0, 'O', "NONE NEED_INFO REFUSED LAPSED EXPIRED "
      "EXHAUSTED REVOKED ", "PENDING", "" },
    { 'C', "CONSENT_DECISION", 1, 'P', "PENDING LAPSED ", "GRANTED", "" },
    { 'C', "CONSENT_DECISION", 2, 'P', "PENDING LAPSED ",
      "OFFERED_WITH_CONDITIONS", "" },
    { 'C', "CONSENT_DECISION", 3, 'P', "PENDING LAPSED ", "REFUSED", "" },
    { 'C', "CONSENT_DECISION", 4, 'P', "PENDING LAPSED ", "NEED_INFO", "" },
    { 'C', "(needed_by passed)", 0, '*', "PENDING ", "LAPSED", "" },
    { 'C', "CONDITIONS_DECISION", 1, 'O', "OFFERED_WITH_CONDITIONS ",
      "GRANTED", "" },
    { 'C', "CONDITIONS_DECISION", 2, 'O', "OFFERED_WITH_CONDITIONS ",
      "REFUSED", "" },
    { 'C', "(use)", 0, '*', "GRANTED ", "=", "" },
    { 'C', "(max_uses used up)", 0, '*', "GRANTED ", "EXHAUSTED", "" },
    { 'C', "(expires_at passed)", 0, '*', "GRANTED OFFERED_WITH_CONDITIONS ",
      "EXPIRED", "" },
    { 'C', "CONSENT_REVOKE", 0, 'P', "GRANTED OFFERED_WITH_CONDITIONS ",
      "REVOKED", "" },
    { 'C', "CONSENT_REVOKE", 0, 'P', "EXPIRED EXHAUSTED ", "=", "" },

    { 'X', "(use_until passed)", 0, '*', "HELD ", "READ_ONLY", "" },
    { 'X', "(retain_until passed)", 0, '*', "READ_ONLY ", "END_DUE", "" },
    { 'X', "RECALL", 1, 'O', "HELD READ_ONLY ", "SEALED", "" },
    { 'X', "RECALL", 2, 'O', "HELD READ_ONLY ", "SEALED", "" },
    { 'X', "RECALL", 5, 'O', "HELD READ_ONLY ", "SEALED", "" },
    { 'X', "RECALL", 0, 'O', "HELD READ_ONLY END_DUE SEALED LEGAL_HOLD ",
      "=", "" },
    { 'X', "(seal)", 0, '*', "HELD READ_ONLY ", "SEALED", "" },
    { 'X', "(unseal)", 0, '*', "SEALED ", "<", "" },
    { 'X', "WITHDRAWAL", 0, 'O', "HELD READ_ONLY END_DUE SEALED ",
      "DESTROYED", "" },
    { 'X', "CONF_DECISION", 4, 'O', "HELD READ_ONLY END_DUE SEALED ",
      "DESTROYED", "" },
    { 'X', "(destroy)", 0, '*', "HELD READ_ONLY END_DUE SEALED ",
      "DESTROYED", "" },
    { 'X', "(return)", 0, '*', "END_DUE SEALED ", "RETURNED", "" },
    { 'X', "(archive)", 0, '*', "END_DUE ", "ARCHIVED", "" },
    { 'X', "(legal hold)", 0, '*', "HELD READ_ONLY END_DUE SEALED ",
      "LEGAL_HOLD", "" },
    { 'X', "(legal hold)", 0, '*', "LEGAL_HOLD ", "=", "" },
    { 'X', "(legal hold lifted)", 0, '*', "LEGAL_HOLD ", "^", "" },
    { 'X', "DESTRUCTION_CERT", 0, 'P', "DESTROYED RETURNED ", "CERTIFIED",
      "" },
};

#endif
