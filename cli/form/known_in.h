/*
 * known_in: what the functions that find values (known_fills.c) and those
 * that put them (known.c) agree on.
 */
#ifndef CLI_KNOWN_IN_H
#define CLI_KNOWN_IN_H

#include "cli/form/known.h"

/* A field of the kind, or of every message, and how it is found. */
struct known_fill {
    uint16_t kind;                  /* 0: any kind that has the field */
    const char *field;
    bool frame;                     /* else a fact */
    enum err (*put)(const struct known *k, const struct field *f,
        struct rec *r);
};

/* Ends with a row without field. */
extern const struct known_fill known_fills[];

/*
 * known_limits(k):
 * The limits of what the act is about; NULL if there are none.
 */
const struct rec *known_limits(const struct known *k);

#endif
