/*
 * command: the commands of valise as rows, and how they are run.
 *
 * Usage, help and the options that are allowed come from the row.  Data goes
 * to stdout; all else to stderr, as "valise: error: …", "valise: hint: …".
 * Exit codes are in one table, which `valise help exit-codes` prints.
 */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include "cli/command/hint.h"
#include "cli/form/findings.h"
#include "cli/text/emit.h"
#include "cli/text/out.h"
#include "cli/text/sheet.h"
#include "proto/kinds.h"

#define COMMAND_ARGS 8          /* operands */
#define COMMAND_OPTIONS 32      /* of one command, with the common ones */
#define COMMAND_REPEATED 64     /* values after the first of an option */

enum command_exit {
    EXIT_OK = 0,
    EXIT_FAILED = 1,
    EXIT_USAGE = 2,
    EXIT_PARTIAL = 3,
    EXIT_AUTH = 4,
    EXIT_REFUSED = 5,
    EXIT_UNREACHABLE = 6,
    EXIT_AUDIT = 7,
    EXIT_NOT_INIT = 10,
    EXIT_NO_DAEMON = 11,
    EXIT_PASSPHRASE = 12,
    EXIT_INTERRUPTED = 130,
    EXIT_TERMINATED = 143
};

/* A long option.  A list of them ends with a NULL name.  It stands once,
 * unless its value ends with "...". */
struct option_row {
    const char *name;           /* "to" */
    const char *value;          /* "AUTHORITY", "REQUEST..."; NULL: a flag */
    const char *help;
};

struct run;
struct session;

struct command {
    const char *name;           /* "draft", "authority new" */
    enum err (*run)(struct run *r);
    const char *args;           /* "KIND", "[FILE]"; "" for none */
    unsigned least, most;       /* operands */
    const struct option_row *options;   /* NULL: the common ones only */
    const char *help;           /* one line */
    const char *const *examples;        /* ends with NULL; at least two */
    const char *act;            /* the act (acts.h) that it is a short name
                                 * of; else NULL */
};

/* Where a program reads and writes, and what it may know. */
struct surroundings {
    FILE *in, *out, *err;
    int64_t now;                /* seconds UTC */
    const struct domain *domain;
    const struct command *const *commands;  /* ends with NULL */
    /* How session_open finds the node; NULL: over a socket, from the home. */
    enum err (*session)(struct run *r, struct session **out);
    /* What a clock says meanwhile; NULL: now. */
    int64_t (*clock)(void);
};

/* One command that runs. */
struct run {
    const struct surroundings *env;
    const struct command *c;
    const char *arg[COMMAND_ARGS];
    size_t n;
    const char *set[COMMAND_OPTIONS];   /* by place in the option list */
    struct {
        size_t place;
        const char *value;
    } again[COMMAND_REPEATED];          /* further values, as they stand */
    size_t n_again;
    struct out out, err;
    bool json;
    bool lines;                 /* stderr is for programs, an object a line:
                                 * --json, or --progress=json */
    bool told;                  /* the failure was reported already */
    char about[HINT_ID_LEN + 1];        /* the message named, for hints; "" */
};

/*
 * command_main(env, argc, argv):
 * Find the command, parse its options, run it, report a failure that was not
 * reported, and give the exit code.
 */
int command_main(const struct surroundings *env, int argc,
    const char *const *argv);

/*
 * command_option_row(c, i):
 * The i-th option of a command: its own, then the common ones; NULL past the
 * last.
 */
const struct option_row *command_option_row(const struct command *c,
    size_t i);

/*
 * command_option(r, name):
 * The value of an option, "" for a flag that was given, NULL if it was not.
 */
const char *command_option(const struct run *r, const char *name);

/*
 * command_option_at(r, name, i):
 * The i-th value, from 0, of an option that may stand several times; NULL
 * past the last.
 */
const char *command_option_at(const struct run *r, const char *name,
    size_t i);

/*
 * command_fail(r, e, what, hint):
 * Report e about `what` (a name or path, NULL for none), with a hint (NULL:
 * that of the code), and return e.
 */
enum err command_fail(struct run *r, enum err e, const char *what,
    const char *hint);

/*
 * command_findings(r, l):
 * Report each finding, with field path, rule and hint, and return the code
 * of the first.
 */
enum err command_findings(struct run *r, const struct findings *l);

/*
 * command_alert(r, f):
 * Report what does not block: "valise: note: …".
 */
void command_alert(struct run *r, const struct fault *f);

/*
 * command_next(r, text):
 * On a terminal: what usually comes next.  As in hints, the message that the
 * command was about stands there for ID.
 */
void command_next(struct run *r, const char *text);

/*
 * command_note(r, e, what, hint):
 * Tell on stderr, in JSON too, what is no failure of this command; what and
 * hint as for command_fail.  With OK the hint is all there is to tell.
 */
void command_note(struct run *r, enum err e, const char *what,
    const char *hint);

/*
 * command_json(r, w, b, schema):
 * Begin the one JSON object of a command, with schema and version; b is
 * initialised here and written and cleared by command_json_end.
 */
void command_json(struct run *r, struct emit *w, struct buf *b,
    const char *schema);
MUST_USE enum err command_json_end(struct run *r, struct emit *w);

/*
 * command_sheet(r, s, schema):
 * Print a table in the way that was asked for.
 */
MUST_USE enum err command_sheet(struct run *r, const struct sheet *s,
    const char *schema);

/*
 * command_exit(e):
 * The exit code of an error.
 */
int command_exit(enum err e);

/*
 * command_exit_codes(s), columns "code meaning":
 * The table of exit codes.
 */
void command_exit_codes(struct sheet *s);

/*
 * command_usage(r, c):
 * Print usage, options and examples of one command to stdout, as JSON where
 * that was asked for.
 */
MUST_USE enum err command_usage(struct run *r, const struct command *c);

/*
 * command_find(table, name):
 * The row of a command, NULL if there is none.
 */
const struct command *command_find(const struct command *const *table,
    const char *name);

/*
 * command_of_act(table, act):
 * The short name of an act, NULL if it has none.
 */
const struct command *command_of_act(const struct command *const *table,
    const char *act);

#endif
