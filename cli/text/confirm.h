/*
 * confirm: a question that a person answers before something is signed or
 * sent.
 */
#ifndef CLI_CONFIRM_H
#define CLI_CONFIRM_H

#include "cli/command/command.h"

#define CONFIRM_QUESTION_MAX 256
#define CONFIRM_ANSWER_MAX 64

/* The option --yes, for the rows of commands that ask. */
#define CONFIRM_OPTION \
    { "yes", NULL, N_("do not ask; everything shown was compared") }

/*
 * confirm(r, question):
 * OK with --yes, or when the answer on stdin is y or yes.  Else reports
 * ERR_CANCELLED, or ERR_USAGE where nobody is there to answer: what is signed
 * or leaves the house never does so because nobody was asked.
 */
MUST_USE enum err confirm(struct run *r, const char *question);

/*
 * confirm_shows(r):
 * Whether what a question is about is shown on stderr: to people always, and
 * where stderr is for programs, to a person who is asked all the same.
 */
bool confirm_shows(const struct run *r);

#endif
