#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "cli/files/progress.h"
#include "cli/text/text.h"
#include "keys/channel.h"

#define LINE_MS 200
#define JSON_MS 1000
#define JSON_TEXT_MAX 512

void
progress_bytes(uint64_t n, char out[static PROGRESS_BYTES_MAX])
{
    static const char *const units[] = { "B", "KiB", "MiB", "GiB", "TiB" };
    size_t u = 0;
    uint64_t rest = 0;

    while (n >= 1024 && u + 1 < sizeof(units) / sizeof(*units)) {
        rest = n % 1024;
        n /= 1024;
        u++;
    }
    if (u == 0)
        (void)snprintf(out, PROGRESS_BYTES_MAX, "%" PRIu64 " %s", n,
            units[u]);
    else
        (void)snprintf(out, PROGRESS_BYTES_MAX, "%" PRIu64 ".%u %s", n,
            (unsigned)(rest * 10 / 1024), units[u]);
}

enum err
progress_start(struct progress *p, struct run *r, const char *what,
    const char *words, uint64_t total)
{
    const char *way = command_option(r, "progress");
    const int fd = fileno(r->env->err);

    *p = (struct progress){ .r = r, .what = what, .words = words,
        .total = total, .began = channel_now() };
    p->told = p->began;
    if (way != NULL && strcmp(way, "json") != 0)
        return command_fail(r, ERR_USAGE, "--progress",
            _("the one way there is: --progress=json"));
    p->json = way != NULL;
    p->line = !p->json && !r->json && fd >= 0 && isatty(fd) == 1;
    return OK;
}

/* Seconds until it is done; 0 while that cannot be said. */
static uint64_t
seconds_left(const struct progress *p)
{
    return p->rate == 0 || p->done >= p->total ? 0 :
        (p->total - p->done) / p->rate + 1;
}

static void
tell_line(const struct progress *p)
{
    const uint64_t left = seconds_left(p);
    char done[PROGRESS_BYTES_MAX], total[PROGRESS_BYTES_MAX],
        rate[PROGRESS_BYTES_MAX];

    progress_bytes(p->done, done);
    progress_bytes(p->total, total);
    progress_bytes(p->rate, rate);
    (void)fprintf(p->r->env->err, _("\r%s: %s of %s, %s/s, %" PRIu64
        ":%02u left \033[K"), p->words, done, total, rate, left / 60,
        (unsigned)(left % 60));
    (void)fflush(p->r->env->err);
}

static void
tell_json(const struct progress *p)
{
    struct emit w;
    struct buf b;

    buf_init(&b, JSON_TEXT_MAX);
    emit_start(&w, &b, true);
    emit_object(&w);
    emit_member(&w, "schema", "valise.progress");
    emit_member(&w, "what", p->what);
    emit_count(&w, "done", p->done);
    emit_count(&w, "total", p->total);
    emit_count(&w, "rate", p->rate);
    emit_count(&w, "left", seconds_left(p));
    emit_end(&w);
    if (buf_done(&b) == OK)
        (void)fprintf(p->r->env->err, "%.*s\n", (int)b.n,
            (const char *)b.p);
    buf_clear(&b);
}

static void
tell(struct progress *p, int64_t now)
{
    const uint64_t ms = now > p->told ? (uint64_t)(now - p->told) : 1;
    const uint64_t late = (p->done - p->told_done) * 1000 / ms;

    /* Half of it is what it was before, so that it does not jump. */
    p->rate = p->rate == 0 ? late : (p->rate + late) / 2;
    p->told = now;
    p->told_done = p->done;
    if (p->line)
        tell_line(p);
    else
        tell_json(p);
}

void
progress_at(struct progress *p, uint64_t done)
{
    int64_t now;

    p->done = done;
    if (!p->line && !p->json)
        return;
    now = channel_now();
    if (now - p->told >= (p->line ? LINE_MS : JSON_MS))
        tell(p, now);
}

void
progress_end(struct progress *p)
{
    if (p->line || p->json)
        tell(p, channel_now());
    if (p->line)
        (void)fputc('\n', p->r->env->err);
}
