#include <stdarg.h>
#include <stdio.h>

#include "proto/err.h"

static const struct err_row rows[] = {
#define ERR_ROW(name, number, ending, rule, text, hint, words) \
    { name, #name, ending, rule, text, hint, words },
    ERR_LIST(ERR_ROW)
#undef ERR_ROW
};

#define ROWS (sizeof(rows) / sizeof(rows[0]))

static const struct err_row *
find(uint64_t number)
{
    for (size_t i = 0; i < ROWS; i++) {
        if ((uint64_t)rows[i].e == number)
            return &rows[i];
    }
    return NULL;
}

const struct err_row *
err_row(enum err e)
{
    const struct err_row *row = find((uint64_t)e);

    return row != NULL ? row : find(ERR_INTERNAL);
}

bool
err_known(uint64_t number)
{
    return find(number) != NULL;
}

const struct err_row *
err_all(size_t *n)
{
    *n = ROWS;
    return rows;
}

enum err
fault_set(struct fault *f, enum err e, uint16_t rule, const char *format, ...)
{
    va_list ap;

    if (f == NULL)
        return e;
    f->e = e;
    f->rule = rule != 0 ? rule : err_row(e)->rule;
    va_start(ap, format);
    (void)vsnprintf(f->path, sizeof(f->path), format, ap);
    va_end(ap);
    return e;
}
