/*
 * enrol: making the three files of a person (LABEL.key, LABEL.slot,
 * LABEL.request), and reading requests.
 *
 * Every function reports its failures.
 */
#ifndef CLI_ENROL_H
#define CLI_ENROL_H

#include "cli/trust/card.h"
#include "cli/trust/home.h"
#include "keys/keyfile.h"

/* The option --kdf, for the rows of commands that make a key file. */
#define ENROL_KDF \
    { "kdf", N_("COST"), N_("what a guess at the passphrase costs: " \
      "interactive (tests), moderate (people) or sensitive (roots)") }

struct enrol {
    const char *dir;                /* is there, and its owner's alone */
    struct person_name name;
    const uint8_t *root_kid;        /* trusted from the start; or NULL */
    struct slice passphrase;
    enum keyfile_cost cost;
};

/*
 * enrol_cost(r, usual, out):
 * The cost that --kdf names, else the usual one.  ERR_USAGE.
 */
MUST_USE enum err enrol_cost(struct run *r, enum keyfile_cost usual,
    enum keyfile_cost *out);

/*
 * enrol_folder(r, dir, alone):
 * Make a folder, 0700, and those above it.  One that is there must be this
 * user's, and nobody else may write there, nor even look if it is to be his
 * alone.
 */
MUST_USE enum err enrol_folder(struct run *r, const char *dir, bool alone);

/*
 * enrol_path(r, dir, name, ending, out):
 * DIR/NAMEENDING.  ERR_USAGE where it is too long.
 */
MUST_USE enum err enrol_path(struct run *r, const char *dir,
    const char *name, const char *ending, char out[static HOME_PATH_MAX]);

/*
 * enrol_absent(r, path):
 * ERR_EXISTS where there is something: nothing is overwritten.  Asked before
 * a passphrase is.
 */
MUST_USE enum err enrol_absent(struct run *r, const char *path);

/*
 * enrol_check(r, name, dir):
 * Whether the parts of the name are of their formats, and none of the three
 * files is there.
 */
MUST_USE enum err enrol_check(struct run *r, const struct person_name *name,
    const char *dir);

/*
 * enrol_make(r, o, digits):
 * Make keys and the three files; all or none.  digits are those of the
 * request, in groups of five.
 */
MUST_USE enum err enrol_make(struct run *r, const struct enrol *o,
    char digits[static CARD_DIGITS_MAX]);

/*
 * enrol_save_key(p, path, passphrase, cost, replace):
 * Write a person's key file, without a report.
 */
MUST_USE enum err enrol_save_key(const struct person *p, const char *path,
    struct slice passphrase, enum keyfile_cost cost, bool replace);

/*
 * enrol_read(r, a, path, kind, out, digits):
 * Read and check a request of a person (TRUST_REQUEST) or of a node
 * (TRUST_NODE).  *out lives in a, where its bytes are too.
 */
MUST_USE enum err enrol_read(struct run *r, struct arena *a,
    const char *path, enum trust_kind kind, struct rec **out,
    char digits[static CARD_DIGITS_MAX]);

#endif
