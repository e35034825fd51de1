#include "proto/reasons.h"

#include <string.h>

#define R REASON_REFUSAL
#define PX REASON_PROHIBITED
#define DR REASON_DELAY
#define CG REASON_CONSENT
#define COND REASON_CONDITION
#define CR REASON_CANNOT_COMPLY
#define RC REASON_RECALL
#define NG REASON_NEGATIVE
#define RD REASON_REDIRECT
#define UR REASON_URGENCY
#define OPT REASON_OPTION
#define EX REASON_EXCEPTION
#define BR REASON_BREACH
#define SEARCHED "say where it was looked for: valise reply ID --no-trace " \
    "--searched FIU_DATABASE"
#define URGENT "stands in urgency_reason of what is above ROUTINE; what is " \
    "IMMEDIATE is needed within 72 hours"
#define TELL "tell the originator within a day: valise do ID breach"
#define HERE "default of this project"
#define CONSULT "consult first, name the rule and explain: valise " \
    "pre-refusal ID"
#define KEEP "shown to the officer and kept by people; nothing enforces it"

static const struct reason rows[] = {
    { "RG_NOT_IN_CONFORMITY", R,
      "The request does not have what a request must have.",
      "UNCAC 46(21)(a), 46(15)",
      "only after a question or a consultation about what is missing: "
      "valise question ID" },
    { "RG_SOVEREIGNTY", R, "Help would prejudice sovereignty.",
      "UNCAC 46(21)(b)", CONSULT },
    { "RG_SECURITY", R, "Help would prejudice security.",
      "UNCAC 46(21)(b)", CONSULT },
    { "RG_ORDRE_PUBLIC", R,
      "Help would prejudice ordre public; human rights stand here.",
      "UNCAC 46(21)(b)", CONSULT },
    { "RG_ESSENTIAL_INTERESTS", R,
      "Help would prejudice other essential interests.",
      "UNCAC 46(21)(b)", CONSULT },
    { "RG_DOMESTIC_PROHIBITION", R,
      "Domestic law would prohibit the step for a similar offence at home.",
      "UNCAC 46(21)(c)", CONSULT },
    { "RG_CONTRARY_LEGAL_SYSTEM", R,
      "Help would be contrary to the legal system: ne bis in idem, "
      "limitation, immunity.", "UNCAC 46(21)(d)", CONSULT },
    { "RG_NO_DUAL_CRIMINALITY_COERCIVE", R,
      "The conduct is no offence here, and the help is coercive.",
      "UNCAC 46(9)(b), 43(2)",
      "only of coercive help; say which element of the conduct is missing, "
      "and list what help without coercion there is" },
    { "RG_DE_MINIMIS", R, "The matter is of a minimal nature.",
      "UNCAC 46(9)(b), 55(7)",
      "only where the value is stated, or the help is not coercive" },
    { "RG_AVAILABLE_ELSEWHERE", R,
      "The same help is available under other provisions.",
      "UNCAC 46(9)(b)", "name them: alternatives" },
    { "RG_INSUFFICIENT_EVIDENCE", R,
      "There is no sufficient and timely evidence for the measure.",
      "UNCAC 55(7)", "only in matters of confiscation (chapter V)" },
    { "RG_CIVIL_ADMIN_NOT_AVAILABLE", R,
      "Help in civil or administrative matters is not available here.",
      "UNCAC 43(1)", "only in civil and administrative matters" },
    { "RG_LEGAL_PRIVILEGE", R,
      "Legal professional privilege covers this part.",
      "FATF Recommendation 40, interpretive note 2(b)",
      "only for the privileged parts: scope PARTS" },
    { "RG_WOULD_IMPEDE", R,
      "Help would impede an inquiry or proceeding under way here.",
      "FATF Recommendation 40, interpretive note 2(c); UNCAC 46(25)",
      "not in formal matters: postpone there, valise delay ID" },
    { "RG_CANNOT_PROTECT", R,
      "The requester cannot protect the information effectively.",
      "FATF Recommendation 40, interpretive note 4",
      "give the concrete reason" },
    { "RG_NO_RECIPROCITY", R,
      "The requester repeatedly did not help in comparable matters.",
      "Egmont Principles for Information Exchange",
      "only where the own card asks for reciprocity and it was refused "
      "twice or more" },
    { "RG_OUT_OF_SCOPE", R,
      "The matter is outside what this authority deals with.",
      "Egmont Principles; Directive (EU) 2015/849 art. 55(2)",
      "say who could help: a redirection is better than a refusal" },
    { "RG_DISPROPORTIONATE", R,
      "Clearly disproportionate to the legitimate interests of a person or "
      "State.", "Egmont Principles; Directive (EU) 2015/849 art. 55(2)",
      "explain the balance" },
    { "RG_FUNDAMENTAL_PRINCIPLES", R,
      "Contrary to fundamental principles of national law.",
      "Directive (EU) 2015/849 art. 53(3)", "in exceptional cases only" },
    { "RG_CONDITIONS_BREACHED", R,
      "Conditions of earlier help were not kept.",
      "UNCAC 46(26); Egmont Principles",
      "name the notice of breach, revocation or recall: breach_ref" },
    { "RG_CONDITIONS_NOT_ACCEPTED", R,
      "The requester declined the conditions of help.", "UNCAC 46(26)",
      "only after a declined offer of conditions in this thread" },
    { "RG_DISCRIMINATION", R,
      "The request is made to punish for sex, race, religion, nationality, "
      "ethnic origin or political opinions.", "UNCAC 44(15)",
      "only in a consultation on extradition; else RG_ORDRE_PUBLIC" },
    { "RG_TREATY_SPECIFIC", R,
      "A ground of the treaty that governs the request.",
      "UNCAC 46(6), 46(7)",
      "only where a treaty is the first legal basis; name the article" },
    { "RG_CLASSIFICATION", R,
      "The material is classified above what this system carries.",
      HERE, "propose another channel" },
    { "RG_OTHER", R, "Another ground of domestic law.", "domestic law",
      "name the law; it is counted apart" },

    { "PX_BANK_SECRECY", PX, "Bank secrecy is never a ground.",
      "UNCAC 46(8), 31(7), 40",
      "not alone and not beside others; ask for the court order instead: "
      "valise delay ID" },
    { "PX_FISCAL_SOLE", PX,
      "That fiscal matters are involved too is no ground.",
      "UNCAC 46(22), 44(16); FATF Recommendation 40, interpretive note "
      "2(a)", "give the ground that stands beside it, or help" },
    { "PX_FI_SECRECY", PX,
      "Secrecy of banks and professions is no ground, except legal "
      "privilege.", "FATF Recommendation 40, interpretive note 2(b)",
      "for the privileged part: RG_LEGAL_PRIVILEGE" },
    { "PX_ONGOING_NOT_IMPEDED", PX,
      "An inquiry under way is no ground unless help would impede it.",
      "FATF Recommendation 40, interpretive note 2(c)",
      "if it would: RG_WOULD_IMPEDE, or postpone: valise delay ID" },
    { "PX_STATUS", PX,
      "The nature or status of who asks is no ground.",
      "FATF Recommendation 40, interpretive notes 2(d), 7",
      "answer with a redirection: valise reply ID" },
    { "PX_OFFENCE_NAME", PX,
      "That the offence has another name or category is no ground: the "
      "conduct counts.", "UNCAC 43(2)",
      "compare the conduct; if an element is missing, "
      "RG_NO_DUAL_CRIMINALITY_COERCIVE" },
    { "PX_DUAL_CRIM_NON_COERCIVE", PX,
      "Help without coercion does not depend on dual criminality.",
      "UNCAC 46(9)(b)",
      "unless the basic concepts of the law ask for it: say so "
      "(domestic_basic_concepts) and explain" },
    { "PX_LEGAL_PERSON", PX,
      "That the subject is a legal person is no ground.",
      "UNCAC 46(2), 26",
      "where domestic law limits it: RG_CONTRARY_LEGAL_SYSTEM with the "
      "rule" },
    { "PX_PREDICATE_UNKNOWN", PX,
      "FIUs help each other also where the predicate offence is not known.",
      "Directive (EU) 2015/849 art. 53(1); Egmont Principles",
      "ask for more facts: valise question ID" },
    { "PX_PUBLIC_RECORD", PX,
      "Records open to the public are given.", "UNCAC 46(29)(a)",
      "give the copy, or say where it is found" },
    { "PX_NO_TREATY", PX,
      "States Parties need no other treaty.",
      "UNCAC 46(7), 48(2), 55(6)", "use the Convention as legal basis" },
    { "PX_NO_REASON", PX, "A refusal without a reason is none.",
      "UNCAC 46(23)", "explain it in 20 characters or more" },
    { "PX_NO_CONSULTATION", PX,
      "Nobody refuses before the other side could be heard.",
      "UNCAC 46(26)", "valise pre-refusal ID" },

    { "DR_INCOMPLETE_REQUEST", DR, "Something is missing in the request.",
      "UNCAC 46(15), 46(16)", "ask for it: valise question ID" },
    { "DR_TRANSLATION", DR, "It must be translated.", "UNCAC 46(14)",
      "say until when" },
    { "DR_AUTHENTICITY", DR, "Its authenticity is being established.",
      "UNCAC 46(14)", "say what is missing" },
    { "DR_THIRD_PARTY_RECORDS", DR,
      "A bank or registry has not answered yet.", "practice",
      "give what is there already: valise reply ID" },
    { "DR_COURT_ORDER_PENDING", DR, "A court order is needed and sought.",
      "practice", "say when it is expected" },
    { "DR_LEGAL_REMEDY", DR,
      "A person affected has used a legal remedy.",
      "2018 expert meeting, paragraph 16", "say when it will be decided" },
    { "DR_INTERNAL_COORDINATION", DR, "Several agencies must act.",
      "UNCAC 46(13)", "say who leads" },
    { "DR_CONDITIONS_NEGOTIATION", DR, "Conditions are being talked about.",
      "UNCAC 46(26)", "offer them: valise do ID CONDITIONS_OFFER" },
    { "DR_COSTS", DR, "Costs are being talked about.", "UNCAC 46(28)",
      "give an estimate" },
    { "DR_VOLUME_COMPLEXITY", DR, "There is much of it, or it is complex.",
      "practice", "give parts as they are ready" },
    { "DR_RESOURCES", DR, "There are not enough people.",
      "2018 expert meeting, paragraph 25", "say when work will begin" },
    { "DR_WRONG_AUTHORITY", DR, "It is being forwarded to who can help.",
      "UNCAC 46(13)", "name that authority" },
    { "DR_IDENTIFICATION", DR, "Person or asset was not found yet.",
      "practice", "ask for more: valise question ID" },
    { "DR_LEGAL_REVIEW", DR, "The legal requirements are being examined.",
      "UNCAC 46(9)", "say which" },
    { "DR_CONFIDENTIALITY_TALKS", DR,
      "How to keep it confidential is being talked about.",
      "UNCAC 46(20)", "say what cannot be kept" },
    { "DR_ONGOING_PROCEEDING", DR,
      "It would interfere with an investigation or proceeding here.",
      "UNCAC 46(25)",
      "the only reason of a postponement; consult first where the thread is "
      "formal" },
    { "DR_POLITICAL_TRANSITION", DR,
      "Problems that a former government left behind.",
      "2018 expert meeting, paragraph 30", "say when work will begin" },
    { "DR_TECHNICAL", DR, "Technical difficulties.", HERE,
      "say until when" },
    { "DR_OTHER", DR, "Another reason, in words.", HERE, "explain it" },

    { "CG_OUT_OF_SCOPE", CG,
      "Outside the fight against money laundering and its predicates.",
      "Egmont Principles; Directive (EU) 2015/849 art. 55(2)",
      "explain it" },
    { "CG_IMPAIRS_INVESTIGATION", CG,
      "Passing it on could impair an investigation.",
      "Egmont Principles; Directive (EU) 2015/849 art. 55(2)",
      "say from when it would not" },
    { "CG_DISPROPORTIONATE", CG,
      "Clearly disproportionate to the interests of a person or State.",
      "Egmont Principles; Directive (EU) 2015/849 art. 55(2)",
      "explain the balance; parts may be granted" },
    { "CG_FUNDAMENTAL_PRINCIPLES", CG,
      "Contrary to fundamental principles of national law.",
      "Egmont Principles; Directive (EU) 2015/849 art. 55(2)",
      "name the principle" },
    { "CG_THIRD_PARTY_ORIGINATOR", CG,
      "It belongs to somebody else, who must be asked.",
      "FATF Recommendation 40, interpretive note 3", "name whom to ask" },
    { "CG_SOURCE_RISK", CG, "It would endanger the source.",
      "UNCAC 32, 33", "a part without the source may be granted" },
    { "CG_RECIPIENT_PROTECTION", CG,
      "The recipient cannot protect it.",
      "FATF Recommendation 40, interpretive note 4", "say what is missing" },
    { "CG_NEEDS_FORMAL_REQUEST", CG,
      "It is wanted as evidence: that takes a formal request.",
      "UNCAC 46", "send one: valise formalise ID" },
    { "CG_OTHER", CG, "Another reason, in words.", HERE, "explain it" },

    { "COND_PURPOSE_ONLY", COND, "For the stated purposes only.",
      "UNCAC 46(19)", "narrows the limits on use" },
    { "COND_NO_EVIDENCE", COND, "Not as evidence.", "UNCAC 46(26)",
      "narrows the limits on use" },
    { "COND_FEEDBACK", COND, "Feedback is owed until its date.",
      "Egmont Principles", "valise feedback ID" },
    { "COND_ACTIONS_MAX", COND, "Discreet steps at most.", "UNCAC 46(26)",
      "narrows the limits on use" },
    { "COND_CONFIDENTIAL", COND, "Kept confidential.", "UNCAC 46(20)",
      KEEP },
    { "COND_REDACT", COND, "Redacted before it is shown.", "UNCAC 46(26)",
      KEEP },
    { "COND_SEAL", COND, "Kept under seal in court.", "UNCAC 46(26)",
      KEEP },
    { "COND_RETURN", COND, "Given back after use.", "UNCAC 46(26), 57",
      KEEP },
    { "COND_DUE_DATE", COND, "Used until its date.", "UNCAC 46(26)",
      "narrows the limits on use" },
    { "COND_COSTS", COND, "Costs are borne as agreed.", "UNCAC 46(28)",
      KEEP },
    { "COND_NO_DEATH_PENALTY", COND, "No death penalty.", "UNCAC 46(26)",
      KEEP },
    { "COND_SPECIALTY", COND, "For the offences named only.",
      "UNCAC 46(19)", KEEP },
    { "COND_PRESENCE", COND,
      "Officers of the requested State are present.", "UNCAC 46(26)",
      KEEP },
    { "COND_OTHER", COND, "Another condition, in words.", "UNCAC 46(26)",
      KEEP },

    { "CR_DOMESTIC_NOTICE_DUTY", CR,
      "Domestic law makes the authority tell the person affected.",
      "UNCAC 46(20)", "say when; the requester decides: valise next ID" },
    { "CR_DISCLOSURE_TO_DEFENCE", CR, "The defence must be told.",
      "UNCAC 46(20)", "say when; the requester decides: valise next ID" },
    { "CR_COURT_ORDER", CR, "A court has ordered disclosure.",
      "UNCAC 46(20)", "say so before disclosing if at all possible" },
    { "CR_FREEDOM_OF_INFORMATION", CR,
      "A law on access to information covers it.", "UNCAC 46(20)",
      "say so before disclosing if at all possible" },
    { "CR_OVERSIGHT_BODY", CR, "An oversight body may see it.",
      "UNCAC 46(20)", "name it" },
    { "CR_SHARED_CASE_SYSTEM", CR, "The case system is shared with others.",
      "UNCAC 46(20)", "say with whom" },
    { "CR_MEDIA_ALREADY_PUBLIC", CR, "It is public already.",
      "UNCAC 46(20)", "say where" },
    { "CR_EXECUTION_NEEDS_DISCLOSURE", CR,
      "Executing it discloses it; 46(20) itself allows what is necessary.",
      "UNCAC 46(20)", "it is information, no inability: say what is told" },
    { "CR_OTHER", CR, "Another reason, in words.", "UNCAC 46(20)",
      "explain it" },

    { "RC_SENT_IN_ERROR", RC, "It was sent in error.", HERE,
      "sealed at once at the recipient; one officer" },
    { "RC_WRONG_RECIPIENT", RC, "It went to the wrong recipient.", HERE,
      "sealed at once at the recipient; one officer" },
    { "RC_DATA_WRONG", RC, "The data were wrong.",
      "Directive (EU) 2016/680 art. 7", "two persons; a correction may do" },
    { "RC_UNLAWFUL", RC, "It should not have been sent by law.",
      "Directive (EU) 2016/680 art. 7", "one officer" },
    { "RC_SOURCE_RISK", RC, "It endangers a source.", "UNCAC 32, 33",
      "sealed at once at the recipient; one officer" },
    { "RC_COURT_ORDER", RC, "A court has ordered it.", HERE,
      "two persons" },
    { "RC_CONDITIONS_BREACHED", RC, "Its conditions were not kept.",
      "UNCAC 46(26)", "two persons" },
    { "RC_OTHER", RC, "Another reason.", HERE, "two persons" },

    { "NG_NO_TRACE", NG, "It was looked for, and nothing was found.",
      "UNCAC 46(23)", SEARCHED },
    { "NG_NOT_HELD", NG, "This authority holds no such data.", HERE,
      SEARCHED },
    { "NG_RECORDS_EXPIRED", NG,
      "The time for which such records are kept is over.",
      "UNCAC 14(1)(a)", SEARCHED },
    { "NG_NOT_IDENTIFIABLE", NG,
      "The person, account or asset cannot be told from others.", HERE,
      "ask for what would identify it first: valise clarify ID" },

    { "RD_VIA_FIU", RD, "Ask the financial intelligence unit there.",
      "UNCAC 58; 2018 expert meeting, paragraph 29", "send it there" },
    { "RD_VIA_CENTRAL_AUTHORITY", RD, "Ask the central authority there.",
      "UNCAC 46(13)", "send it there: valise question AUTHORITY" },
    { "RD_FORMAL_REQUEST_NEEDED", RD,
      "The step is coercive and needs a formal request.",
      "UNCAC 46(13), 46(15)", "consult what it must have, then: valise "
      "formalise ID DIR" },
    { "RD_OTHER_AUTHORITY", RD, "Another authority is competent.",
      "UNCAC 46(13)", "send it to the one named" },
    { "RD_PUBLIC_SOURCE", RD, "It is open to the public.",
      "UNCAC 46(29)(a)", "look there; it needs no request" },

    { "UR_DISSIPATION", UR, "Assets are about to move.", HERE, URGENT },
    { "UR_FLIGHT", UR, "A person is about to leave.", HERE, URGENT },
    { "UR_COURT_DATE", UR, "A court has set a date.", HERE, URGENT },
    { "UR_LIMITATION", UR, "A limitation period is about to end.", HERE,
      URGENT },
    { "UR_DETENTION", UR, "Somebody is in custody for it.", HERE, URGENT },
    { "UR_EVIDENCE_LOSS", UR, "Evidence is about to be lost.", HERE,
      URGENT },
    { "UR_LIFE_OR_LIMB", UR, "A life or health is at stake.", HERE,
      URGENT },
    { "UR_FREEZE_EXPIRES", UR, "A freezing order is about to end.", HERE,
      URGENT },

    { "OPT_PROCEED", OPT, "Go on, and the disclosure is accepted.",
      "UNCAC 46(20)", "valise do ID conf-decision" },
    { "OPT_PROCEED_WITH_MEASURE", OPT,
      "Go on under a measure that keeps it secret, as a court order does.",
      "UNCAC 46(20)", "name the measure" },
    { "OPT_MODIFY", OPT, "The requester amends the request.",
      "UNCAC 46(20)", "send what is amended: valise clarify ID" },
    { "OPT_WITHDRAW", OPT, "The request is withdrawn and destroyed there.",
      "UNCAC 46(20)", "the thread ends" },

    { "EX_COURT_FILE", EX, "A copy is in the file of a court.", HERE,
      "say whose, and until when" },
    { "EX_LEGAL_HOLD", EX, "A legal hold keeps a copy.", HERE,
      "say until when; see: valise hold ID" },
    { "EX_ARCHIVE_LAW", EX, "The law on archives keeps a copy.", HERE,
      "say until when" },
    { "EX_BACKUP_PENDING", EX, "A backup has not rotated out yet.", HERE,
      "say when it will have" },
    { "EX_ONWARD_HOLDER", EX, "An authority that it was passed on to has "
      "a copy.", HERE, "call it back there: valise recall ID" },

    { "BR_UNAUTHORISED_ACCESS", BR, "Somebody without right had access.",
      "Directive (EU) 2016/680 art. 30", TELL },
    { "BR_UNAUTHORISED_DISCLOSURE", BR, "It was told or shown to others.",
      "Directive (EU) 2016/680 art. 30", TELL },
    { "BR_USE_BEYOND_PURPOSE", BR, "It was used beyond its purposes.",
      "UNCAC 46(19)", TELL },
    { "BR_LOSS", BR, "A copy or a device was lost.",
      "Directive (EU) 2016/680 art. 30", TELL },
    { "BR_KEY_COMPROMISE", BR, "A key came into the hands of others.",
      HERE, TELL },
    { "BR_LATE_DESTRUCTION", BR, "It was destroyed after its time.", HERE,
      TELL },
};

#define N_ROWS (sizeof(rows) / sizeof(rows[0]))

const struct reason *
reason_find(const char *name)
{
    for (size_t i = 0; i < N_ROWS; i++)
        if (strcmp(rows[i].name, name) == 0)
            return &rows[i];
    return NULL;
}

const struct reason *
reasons_all(size_t *n)
{
    *n = N_ROWS;
    return rows;
}

const char *
reason_group_name(enum reason_group group)
{
    static const char *const names[REASON_GROUPS] = {
        [REASON_REFUSAL] = "ground of refusal",
        [REASON_PROHIBITED] = "no ground: help is not refused for it",
        [REASON_DELAY] = "reason for delay",
        [REASON_CONSENT] = "ground for refusing a consent",
        [REASON_CONDITION] = "condition",
        [REASON_CANNOT_COMPLY] = "why it cannot be kept confidential",
        [REASON_RECALL] = "reason for a recall",
        [REASON_NEGATIVE] = "why an answer is negative",
        [REASON_REDIRECT] = "whom to ask instead",
        [REASON_URGENCY] = "why it is urgent",
        [REASON_OPTION] = "decision on confidentiality",
        [REASON_EXCEPTION] = "why a copy was not destroyed",
        [REASON_BREACH] = "kind of breach",
    };

    return (unsigned)group < REASON_GROUPS ? names[group] : "";
}
