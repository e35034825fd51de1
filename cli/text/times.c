/*
 * The calendar by hand (proleptic Gregorian), since the zone of the machine
 * must not matter and ISO C has no inverse of gmtime.
 */
#include <stdio.h>
#include <string.h>

#include "cli/text/times.h"

#define DAY 86400
#define TIMES_MAX INT64_C(253402300799)     /* the end of 9999 */

struct civil {
    int64_t year;
    int month, day;
};

static bool
is_leap(int64_t year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int
month_days(int64_t year, int month)
{
    static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30,
        31 };

    return month == 2 && is_leap(year) ? 29 : days[month - 1];
}

/* Days from 1 January of the year 0 to 1 January of this one. */
static int64_t
days_before(int64_t year)
{
    return year == 0 ? 0 :
        365 * year + (year - 1) / 4 - (year - 1) / 100 + (year - 1) / 400 +
        1;
}

#define DAYS_1970 719528

static int64_t
days_of(struct civil c)
{
    int64_t n = days_before(c.year) - DAYS_1970 + c.day - 1;

    for (int m = 1; m < c.month; m++)
        n += month_days(c.year, m);
    return n;
}

static struct civil
civil_of(int64_t days)
{
    struct civil c = { 1970 + days / 366, 1, 1 };

    while (days_before(c.year + 1) - DAYS_1970 <= days)
        c.year++;
    days -= days_before(c.year) - DAYS_1970;
    while (days >= month_days(c.year, c.month))
        days -= month_days(c.year, c.month++);
    c.day = (int)days + 1;
    return c;
}

/* The number of exactly n digits at *p, which moves on; -1 if it is none. */
static int
digits(const char **p, int n)
{
    int v = 0;

    for (; n > 0; n--, (*p)++) {
        if (**p < '0' || **p > '9')
            return -1;
        v = 10 * v + **p - '0';
    }
    return v;
}

static bool
parse_date(const char **p, struct civil *c)
{
    c->year = digits(p, 4);
    if (c->year < 1970 || *(*p)++ != '-')
        return false;
    c->month = digits(p, 2);
    if (c->month < 1 || c->month > 12 || *(*p)++ != '-')
        return false;
    c->day = digits(p, 2);
    return c->day >= 1 && c->day <= month_days(c->year, c->month);
}

static bool
parse_clock(const char *p, int64_t *seconds)
{
    int h, m, s;

    if (*p++ != 'T' || (h = digits(&p, 2)) < 0 || h > 23 || *p++ != ':' ||
        (m = digits(&p, 2)) < 0 || m > 59 || *p++ != ':' ||
        (s = digits(&p, 2)) < 0 || s > 59)
        return false;
    *seconds = 3600 * h + 60 * m + s;
    return strcmp(p, "Z") == 0;
}

static int64_t
add_months(int64_t now, int64_t n)
{
    struct civil c = civil_of(now / DAY);

    n += c.month - 1;
    c.year += n / 12;
    c.month = (int)(n % 12) + 1;
    if (c.day > month_days(c.year, c.month))
        c.day = month_days(c.year, c.month);
    return days_of(c) * DAY + now % DAY;
}

static bool
parse_relative(const char *p, int64_t now, int64_t *t)
{
    int64_t n = 0;

    if (*p < '0' || *p > '9')
        return false;
    for (; *p >= '0' && *p <= '9'; p++) {
        if ((n = 10 * n + *p - '0') > 1000000)
            return false;
    }
    if (p[0] == '\0' || p[1] != '\0')
        return false;
    if (*p == 'h')
        *t = now + 3600 * n;
    else if (*p == 'd')
        *t = now + DAY * n;
    else if (*p == 'm' && n <= 12000)
        *t = add_months(now, n);
    else if (*p == 'y' && n <= 1000)
        *t = add_months(now, 12 * n);
    else
        return false;
    return true;
}

bool
times_parse(struct slice s, int64_t now, uint64_t *t)
{
    char text[TIMES_LEN + 1];
    const char *p = text;
    struct civil c;
    int64_t v, seconds = 0;

    if (s.n == 0 || s.n > TIMES_LEN || now < 0 || now > TIMES_MAX)
        return false;
    memcpy(text, s.p, s.n);
    text[s.n] = '\0';
    if (strlen(text) != s.n)
        return false;
    if (text[0] == '+') {
        if (!parse_relative(text + 1, now, &v))
            return false;
    } else {
        if (!parse_date(&p, &c) ||
            (*p != '\0' && !parse_clock(p, &seconds)))
            return false;
        v = days_of(c) * DAY + seconds;
    }
    if (v < 0 || v > TIMES_MAX)
        return false;
    *t = (uint64_t)v;
    return true;
}

void
times_format(uint64_t t, char out[static TIMES_LEN + 1])
{
    struct civil c;
    unsigned s = (unsigned)(t % DAY);
    char wide[64];

    if (t > (uint64_t)TIMES_MAX) {
        memcpy(out, "-", 2);
        return;
    }
    c = civil_of((int64_t)(t / DAY));
    (void)snprintf(wide, sizeof(wide), "%04d-%02d-%02dT%02u:%02u:%02uZ",
        (int)c.year, c.month, c.day, s / 3600, s / 60 % 60, s % 60);
    memcpy(out, wide, TIMES_LEN);
    out[TIMES_LEN] = '\0';
}

bool
times_offset(struct slice zone, int64_t *seconds)
{
    char text[8];
    const char *p = text + 1;
    int h, m;

    *seconds = 0;
    if (slice_is(zone, "Z") || slice_is(zone, "UTC"))
        return true;
    if (zone.n != 6)
        return false;
    memcpy(text, zone.p, zone.n);
    text[zone.n] = '\0';
    if ((text[0] != '+' && text[0] != '-') || (h = digits(&p, 2)) < 0 ||
        h > 14 || *p++ != ':' || (m = digits(&p, 2)) < 0 || m > 59)
        return false;
    *seconds = (text[0] == '-' ? -1 : 1) * (3600 * h + 60 * m);
    return true;
}

void
times_date(int64_t t, int64_t seconds, char out[static TIMES_DATE_LEN + 1])
{
    char text[TIMES_LEN + 1] = "";

    times_format(t + seconds < 0 ? 0 : (uint64_t)(t + seconds), text);
    (void)snprintf(out, TIMES_DATE_LEN + 1, "%.10s", text);
}

void
times_local(int64_t t, struct slice zone, char out[static TIMES_LOCAL_LEN + 1])
{
    char text[TIMES_LEN + 1] = "";
    int64_t seconds;

    out[0] = '\0';
    if (!times_offset(zone, &seconds) || t + seconds < 0)
        return;
    times_format((uint64_t)(t + seconds), text);
    (void)snprintf(out, TIMES_LOCAL_LEN + 1, "%.10s %.5s %.*s", text,
        text + 11, (int)(zone.n < 8 ? zone.n : 8), (const char *)zone.p);
}

void
times_zoned(int64_t t, struct slice zone,
    char out[static TIMES_ZONED_LEN + 1])
{
    char text[TIMES_LEN + 1] = "";
    int64_t seconds;

    out[0] = '\0';
    if (!times_offset(zone, &seconds) || t + seconds < 0)
        return;
    times_format((uint64_t)(t + seconds), text);
    (void)snprintf(out, TIMES_ZONED_LEN + 1, "%.19s%.*s", text,
        (int)(zone.n == 6 ? zone.n : 1), zone.n == 6 ?
        (const char *)zone.p : "Z");
}
