/*
 * emit: JSON written member by member into a buffer.
 *
 * The caller keeps the order: what is written in an object is a key and then
 * one value.  Strings are escaped so that a terminal shows no control and no
 * bidirectional character of a peer.  A buffer that overflows is bad, as
 * everywhere; nesting past EMIT_DEPTH makes it bad too.
 */
#ifndef CLI_EMIT_H
#define CLI_EMIT_H

#include "proto/slice.h"

#define EMIT_DEPTH 32

struct emit {
    struct buf *b;
    bool narrow;                /* one line, for streams of objects */
    unsigned depth;
    bool some[EMIT_DEPTH];      /* something stands in this container */
    char end[EMIT_DEPTH];
    bool keyed;                 /* a key was written, its value follows */
};

/*
 * emit_start(w, b, narrow):
 * Write to b, indented by two or all on one line.
 */
void emit_start(struct emit *w, struct buf *b, bool narrow);

/*
 * emit_object(w), emit_list(w), emit_end(w):
 * Open an object or a list; close the innermost one.
 */
void emit_object(struct emit *w);
void emit_list(struct emit *w);
void emit_end(struct emit *w);

/*
 * emit_key(w, name):
 * The name of the next member: a plain word.
 */
void emit_key(struct emit *w, const char *name);

/*
 * emit_text(w, s), emit_uint(w, v), emit_bool(w, v), emit_null(w):
 * One value.  s is UTF-8; bytes that are not become U+FFFD.
 */
void emit_text(struct emit *w, struct slice s);
void emit_uint(struct emit *w, uint64_t v);
void emit_bool(struct emit *w, bool v);
void emit_null(struct emit *w);

/*
 * emit_raw(w, json):
 * A value that is JSON already, such as a preset of a form.
 */
void emit_raw(struct emit *w, const char *json);

/*
 * emit_member(w, name, text), emit_count(w, name, v):
 * A key with a C string, or with a number.
 */
void emit_member(struct emit *w, const char *name, const char *text);
void emit_count(struct emit *w, const char *name, uint64_t v);

/*
 * emit_time(w, name, t):
 * A key with a time in UTC, "2027-03-01T09:00:00Z"; null for 0, none.
 */
void emit_time(struct emit *w, const char *name, int64_t t);

#endif
