/*
 * form: the JSON that an officer fills.
 *
 * It has every field that must be filled or chosen, as null, also where only
 * the value of another asks for it, and every default, as its value.  What the
 * client fills is not in it; what is optional is added by hand (see: valise
 * explain KIND).
 */
#ifndef CLI_FORM_H
#define CLI_FORM_H

#include "cli/form/json.h"
#include "cli/text/sheet.h"
#include "proto/kinds.h"

/* What is known when the form is made; NULL is left open. */
struct form_opts {
    const char *to;
    const char *from;
    const char *lang;
    const struct message *known;    /* its values stand in the form, in place
                                     * of the defaults */
    const struct json_opts *json;   /* with known */
};

/*
 * form_write(k, opts, w):
 * Write the form of a kind as one object.
 */
void form_write(const struct kind *k, const struct form_opts *opts,
    struct emit *w);

/*
 * form_write_record(schema, presets, w):
 * The same of a record that is no message: as one object.
 */
void form_write_record(const struct record *schema,
    const struct preset *presets, struct emit *w);

/*
 * form_preset(k, path):
 * The default (JSON) of a field, NULL if it has none.  path is that of the
 * form: "restrictions.use_until", "body.subjects".
 */
const char *form_preset(const struct kind *k, const char *path);

/*
 * form_fields(k, s):
 * A row for each field that a form may have: path, must, default, format,
 * help.  s was made with the columns FORM_COLUMNS.
 */
#define FORM_COLUMNS "field must default format help"
void form_fields(const struct kind *k, struct sheet *s);

/*
 * form_record_fields(schema, presets, s):
 * The same of a record that is no message.
 */
void form_record_fields(const struct record *schema,
    const struct preset *presets, struct sheet *s);

/*
 * form_format(f, b):
 * The format of a field in words: type, bounds, list.
 */
void form_format(const struct field *f, struct buf *b);

#endif
