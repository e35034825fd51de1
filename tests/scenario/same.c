/*
 * same: whether a message says what a fixture says.
 *
 *   same WANT.json GOT.json MEMBER [-PATH | ~PATH]...
 *
 * Every member of WANT must stand in the member MEMBER of GOT with the same
 * value; what GOT has beside them does not matter, null and false are absent,
 * and one value where GOT has a list is a list of one.
 * -PATH is not looked at; at ~PATH is a time, which may be off by NEAR.  Says
 * each path that differs, and ends with 1 if one did.
 */
#define _GNU_SOURCE
#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define NEAR 600                        /* seconds */
#define PATH_LEN 256

static char *const *marks;
static size_t n_marks;
static unsigned differ;

/* Whether a path is among the marks of this sort. */
static bool
marked(char sort, const char *path)
{
    for (size_t i = 0; i < n_marks; i++) {
        if (marks[i][0] == sort && strcmp(marks[i] + 1, path) == 0)
            return true;
    }
    return false;
}

static time_t
seconds(const json_t *j)
{
    struct tm tm = { 0 };

    return json_is_string(j) && strptime(json_string_value(j),
        "%Y-%m-%dT%H:%M:%SZ", &tm) != NULL ? timegm(&tm) : 0;
}

static void
tell(const char *path, const json_t *want, const json_t *got)
{
    char *w = json_dumps(want, JSON_ENCODE_ANY | JSON_COMPACT);
    char *g = got == NULL ? NULL :
        json_dumps(got, JSON_ENCODE_ANY | JSON_COMPACT);

    differ++;
    (void)printf("%s: %s, not %s\n", path, g != NULL ? g : "absent",
        w != NULL ? w : "?");
    free(w);
    free(g);
}

static bool
absent(const json_t *j)
{
    return j == NULL || json_is_null(j) || json_is_false(j) ||
        (json_is_array(j) && json_array_size(j) == 0) ||
        (json_is_string(j) && json_string_length(j) == 0);
}

/* A leaf, or a list; of those that are equal nothing is said. */
static bool
alike(const char *path, const json_t *want, const json_t *got)
{
    const long off = labs((long)(seconds(want) - seconds(got)));

    if (marked('~', path))
        return seconds(want) != 0 && seconds(got) != 0 && off <= NEAR;
    return json_equal(want, got) || (absent(want) && absent(got));
}

static void compare(const char *path, const json_t *want, const json_t *got);

static void
compare_members(const char *path, const json_t *want, const json_t *got)
{
    char sub[PATH_LEN + 64];
    const char *key;
    json_t *v, *all = json_copy((json_t *)(uintptr_t)want);

    json_object_foreach(all, key, v) {
        (void)snprintf(sub, sizeof(sub), "%s%s%s", path,
            path[0] != '\0' ? "." : "", key);
        compare(sub, v, json_object_get(got, key));
    }
    json_decref(all);
}

static void
compare(const char *path, const json_t *want, const json_t *got)
{
    char sub[PATH_LEN + 64];

    if (strlen(path) > PATH_LEN || marked('-', path))
        return;
    if (json_array_size(got) == 1 && !json_is_array(want))
        got = json_array_get(got, 0);
    if (json_is_object(want) && json_is_object(got)) {
        compare_members(path, want, got);
    } else if (json_is_array(want) && json_is_array(got) &&
        json_array_size(want) == json_array_size(got)) {
        for (size_t i = 0; i < json_array_size(want); i++) {
            (void)snprintf(sub, sizeof(sub), "%s[%zu]", path, i);
            compare(sub, json_array_get(want, i), json_array_get(got, i));
        }
    } else if (!alike(path, want, got)) {
        tell(path, want, got);
    }
}

int
main(int argc, char **argv)
{
    json_error_t e;
    json_t *want, *got;

    if (argc < 4)
        return 2;
    want = json_load_file(argv[1], 0, &e);
    got = json_load_file(argv[2], 0, &e);
    if (!json_is_object(want) || !json_is_object(got)) {
        (void)fprintf(stderr, "same: %s\n", e.text);
        return 2;
    }
    marks = argv + 4;
    n_marks = (size_t)argc - 4;
    compare("", want, json_object_get(got, argv[3]));
    json_decref(want);
    json_decref(got);
    return differ == 0 ? 0 : 1;
}
