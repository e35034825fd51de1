/*
 * text: every text for people goes through _() from the first day; codes,
 * field names and log lines do not.  A text in a table is marked with N_()
 * and translated where it is printed.
 */
#ifndef CLI_TEXT_H
#define CLI_TEXT_H

#include <libintl.h>

#define _(s) gettext(s)
#define N_(s) s

#endif
