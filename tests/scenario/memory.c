/*
 * memory: looks for a text in all that a process has in memory.
 *
 *   memory PID <TEXT
 *
 * TEXT is one line on stdin, so that it stands in no command line.  Says how
 * many bytes were read and how often it was there.  Ends with 0: not there;
 * 1: there; 2: the memory cannot be read, which needs the same user and a
 * process that may be dumped, or root.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define STEP ((size_t)1 << 20)
#define TEXT_MAX 256

static char text[TEXT_MAX];
static size_t length;
static unsigned long long looked, found;

/* Pieces overlap by what a text across their edge needs. */
static void
look(int mem, uint64_t from, uint64_t to, char *b)
{
    while (from < to) {
        size_t want = to - from < STEP ? (size_t)(to - from) : STEP;
        ssize_t n = pread(mem, b, want, (off_t)from);
        const char *p = b, *end = b + (n > 0 ? n : 0);

        if (n <= 0)
            return;                     /* a hole, or a device */
        looked += (unsigned long long)n;
        while ((size_t)(end - p) >= length && (p = memmem(p,
            (size_t)(end - p), text, length)) != NULL) {
            found++;
            p++;
        }
        if ((size_t)n < want || from + (uint64_t)n >= to)
            from += (uint64_t)n;
        else
            from += (uint64_t)n - (length - 1);
    }
}

static int
open_of(const char *pid, const char *what)
{
    char path[64];

    (void)snprintf(path, sizeof(path), "/proc/%s/%s", pid, what);
    return open(path, O_RDONLY);
}

int
main(int argc, char **argv)
{
    int mem, fd;
    FILE *maps;
    char line[512], *b = malloc(STEP);
    unsigned long long from, to;

    if (argc != 2 || b == NULL || fgets(text, sizeof(text), stdin) == NULL)
        return 2;
    length = strcspn(text, "\n");
    if (length < 8 || (mem = open_of(argv[1], "mem")) < 0 ||
        (fd = open_of(argv[1], "maps")) < 0 ||
        (maps = fdopen(fd, "r")) == NULL) {
        fprintf(stderr, "memory: cannot read the memory of %s\n", argv[1]);
        return 2;
    }
    while (fgets(line, sizeof(line), maps) != NULL)
        if (sscanf(line, "%llx-%llx r", &from, &to) == 2)
            look(mem, from, to, b);
    printf("%llu bytes, %llu times\n", looked, found);
    return looked == 0 ? 2 : found > 0;
}
