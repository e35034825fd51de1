/*
 * times: points in time as officers write and read them.  All are UTC.
 */
#ifndef CLI_TIMES_H
#define CLI_TIMES_H

#include "proto/slice.h"

#define TIMES_LEN 20                /* 2027-03-01T09:00:00Z */

/*
 * times_parse(s, now, t):
 * "2027-03-01T09:00:00Z", "2027-03-01" (midnight), or from now on: +48h,
 * +90d, +18m, +2y.  Months and years go to the same day, or to the last one
 * of a shorter month.  False if s is none of these or before 1970 or after
 * 9999; the range of a field is for record_check.
 */
bool times_parse(struct slice s, int64_t now, uint64_t *t);

/*
 * times_format(t, out):
 * RFC 3339 with seconds and Z, and a zero byte.  Past the year 9999 it is
 * "-".
 */
void times_format(uint64_t t, char out[static TIMES_LEN + 1]);

/*
 * times_offset(zone, seconds):
 * "+02:00" as seconds east of UTC; "Z" and "UTC" are 0.  False for others.
 */
bool times_offset(struct slice zone, int64_t *seconds);

/*
 * times_local(t, zone, out):
 * The date and minute there, with the zone: 2027-03-01 11:00 +02:00.  Empty
 * for a zone that is not known.
 */
#define TIMES_LOCAL_LEN 32
void times_local(int64_t t, struct slice zone,
    char out[static TIMES_LOCAL_LEN + 1]);

/*
 * times_zoned(t, zone, out):
 * The same for programs, RFC 3339: 2027-03-01T11:00:00+02:00.
 */
#define TIMES_ZONED_LEN 25
void times_zoned(int64_t t, struct slice zone,
    char out[static TIMES_ZONED_LEN + 1]);

/*
 * times_date(t, seconds, out):
 * The day of t, so many seconds east of UTC: 2027-03-01.
 */
#define TIMES_DATE_LEN 10
void times_date(int64_t t, int64_t seconds,
    char out[static TIMES_DATE_LEN + 1]);

#endif
