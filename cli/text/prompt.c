#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <bsd/readpassphrase.h>
#include <sodium.h>

#include "cli/text/prompt.h"
#include "cli/text/text.h"
#include "keys/keyfile.h"

#define COMMAND_VARIABLE "VALISE_PASSPHRASE_COMMAND"
#define WHO_VARIABLE "VALISE_PASSPHRASE_FOR"
#define TEXT_MAX 256

static const char *
command_of(void)
{
    const char *c = getenv(COMMAND_VARIABLE);

    return c != NULL && c[0] != '\0' ? c : NULL;
}

bool
prompt_typed(const struct run *r, const struct prompt *p)
{
    return command_option(r, p->option) == NULL && command_of() == NULL;
}

/* All that fd gives, into a buffer that is a little larger than a line. */
static enum err
read_fd(int fd, struct buf *b)
{
    uint8_t part[256];
    ssize_t n = 0;

    while (!b->bad && (n = read(fd, part, sizeof(part))) != 0) {
        if (n > 0)
            buf_put(b, part, (size_t)n);
        else if (errno != EINTR)
            break;
    }
    sodium_memzero(part, sizeof(part));
    if (b->bad)
        return ERR_FORMAT;
    return n < 0 ? ERR_IO : OK;
}

/* The one line of b, without its end. */
static enum err
one_line(const struct buf *b, struct buf *out)
{
    const uint8_t *end = b->n > 0 ? memchr(b->p, '\n', b->n) : NULL;
    size_t n = end != NULL ? (size_t)(end - b->p) : b->n;

    if (end != NULL && n + 1 != b->n)
        return ERR_FORMAT;
    if (n > 0 && b->p[n - 1] == '\r')
        n--;
    if (n == 0 || n > PASSPHRASE_MAX || memchr(b->p, '\0', n) != NULL)
        return ERR_FORMAT;
    buf_put(out, b->p, n);
    return buf_done(out);
}

static enum err
from_fd(int fd, struct buf *out)
{
    struct buf b;
    enum err e;

    buf_init(&b, PASSPHRASE_MAX + 2);
    if ((e = read_fd(fd, &b)) == OK)
        e = one_line(&b, out);
    buf_clear(&b);
    return e;
}

static enum err
from_file(struct run *r, const char *path, struct buf *out)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat st;
    enum err e;

    if (fd < 0)
        return command_fail(r, errno == ENOENT ? ERR_NOTFOUND : ERR_ACCESS,
            path, NULL);
    if (fstat(fd, &st) != 0)
        e = ERR_IO;
    else if (S_ISREG(st.st_mode) && (st.st_mode & 077) != 0)
        e = ERR_PERM;
    else
        e = from_fd(fd, out);
    (void)close(fd);
    if (e == OK)
        return OK;
    return command_fail(r, e, path, e == ERR_FORMAT ?
        _("the file holds one line, the passphrase") : NULL);
}

static enum err
from_command(struct run *r, const struct prompt *p, struct buf *out)
{
    enum err e = ERR_IO;
    FILE *f = NULL;
    int end;

    if (setenv(WHO_VARIABLE, p->who, 1) == 0)
        f = popen(command_of(), "r");
    if (f != NULL) {
        e = from_fd(fileno(f), out);
        end = pclose(f);
        if (end == -1 || !WIFEXITED(end) || WEXITSTATUS(end) != 0)
            e = ERR_IO;
    }
    if (e == OK)
        return OK;
    return command_fail(r, e, COMMAND_VARIABLE, e == ERR_FORMAT ?
        _("the command prints one line, the passphrase") :
        _("the command did not end well"));
}

/* One line from the terminal; *n is its length. */
static enum err
type(const char *question, int flags, char *line, size_t max, size_t *n)
{
    if (readpassphrase(question, line, max, RPP_REQUIRE_TTY | flags) == NULL)
        return errno == ENOTTY || errno == ENXIO || errno == ENOENT ?
            ERR_LOCKED : ERR_CANCELLED;
    *n = strlen(line);
    return OK;
}

static enum err
type_once(const char *words, const char *who, struct buf *out)
{
    char question[TEXT_MAX], line[PASSPHRASE_MAX + 2];
    size_t n = 0;
    enum err e;

    (void)snprintf(question, sizeof(question), "%s (%s): ", words, who);
    e = type(question, RPP_ECHO_OFF, line, sizeof(line), &n);
    if (e == OK && (n == 0 || n > PASSPHRASE_MAX))
        e = ERR_PASSPHRASE;
    if (e == OK) {
        buf_put(out, line, n);
        e = buf_done(out);
    }
    sodium_memzero(line, sizeof(line));
    return e;
}

static enum err
from_terminal(struct run *r, const struct prompt *p, struct buf *out)
{
    const char *hint = NULL;
    char text[TEXT_MAX];
    struct buf again;
    enum err e;

    buf_init(&again, PASSPHRASE_MAX);
    e = type_once(p->fresh ? _("New passphrase") :
        _("Passphrase"), p->who, out);
    if (e == OK && p->fresh) {
        e = type_once(_("The same again"), p->who, &again);
        if (e == OK && !slice_equal(slice_of_buf(out),
            slice_of_buf(&again))) {
            e = ERR_PASSPHRASE;
            hint = _("the two are not the same; nothing was made");
        }
    }
    buf_clear(&again);
    if (e == ERR_LOCKED) {
        (void)snprintf(text, sizeof(text), _("there is no terminal to ask: "
            "give --%s FILE or set %s"), p->option, COMMAND_VARIABLE);
        hint = text;
    }
    return e == OK ? OK : command_fail(r, e, p->who, hint);
}

static size_t
characters(const struct buf *b)
{
    size_t n = 0;

    for (size_t i = 0; i < b->n; i++)
        n += (b->p[i] & 0xc0) != 0x80;
    return n;
}

enum err
prompt_passphrase(struct run *r, const struct prompt *p, struct buf *out)
{
    const char *path = command_option(r, p->option);
    char hint[TEXT_MAX];
    enum err e;

    if (path != NULL)
        e = from_file(r, path, out);
    else if (command_of() != NULL)
        e = from_command(r, p, out);
    else
        e = from_terminal(r, p, out);
    if (e != OK || !p->fresh || characters(out) >= PROMPT_LEAST)
        return e;
    (void)snprintf(hint, sizeof(hint), _("a passphrase has %d characters at "
        "least; a few words that nobody else would put together are best"),
        PROMPT_LEAST);
    return command_fail(r, E_FIELD_RANGE, "passphrase", hint);
}

enum err
prompt_confirm(struct run *r, const char *question)
{
    char text[TEXT_MAX], line[TEXT_MAX];
    size_t n;
    enum err e;

    if (command_option(r, "yes") != NULL)
        return OK;
    (void)snprintf(text, sizeof(text), _("%s Type yes to go on: "),
        question);
    e = type(text, RPP_ECHO_ON, line, sizeof(line), &n);
    if (e == ERR_LOCKED)
        return command_fail(r, ERR_USAGE, "--yes",
            _("there is no terminal to ask: compare the digits and say "
            "--yes"));
    if (e != OK || strcmp(line, "yes") != 0)
        return command_fail(r, ERR_CANCELLED, NULL, NULL);
    return OK;
}
