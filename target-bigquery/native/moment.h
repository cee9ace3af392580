/* Dates and moments: the usual spellings of RFC 3339, section 5.6, in the years 1 to 9999. */

#ifndef MOMENT_H
#define MOMENT_H

#include "number.h"
#include "text.h"

typedef struct {
    int32_t day;    /* since 1970-01-01 */
    int64_t micros; /* of that day in UTC; below zero or beyond the day where there is an offset */
    bool time, offset;
} Moment;

enum { FIRST_DAY = -719162, LAST_DAY = 2932896 }; /* 0001-01-01 and 9999-12-31 */
static const int64_t SECOND = 1000000, DAY = 86400 * SECOND;

/* Two digits, or a large number. */
static inline unsigned two(const uint8_t *p) {
    return is_digit(p[0]) && is_digit(p[1]) ? (unsigned)(p[0] - '0') * 10 + (unsigned)(p[1] - '0') : 1000;
}

/* Days since 1970 in the Gregorian calendar; of March-based years, whose last day is the leap day. */
static inline bool day_of(unsigned year, unsigned month, unsigned day, int32_t *days) {
    static const uint8_t lengths[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1 || day > lengths[month - 1]) return false;
    if (month == 2 && day == 29 && (year % 4 || (year % 100 == 0 && year % 400))) return false;
    const unsigned y = year - (month <= 2), m = month > 2 ? month - 3 : month + 9;
    *days = (int32_t)(y * 365 + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day) - 719469;
    return true;
}

/* A fraction of a second, of which digits past the microsecond are cut. */
static inline const uint8_t *scan_fraction(const uint8_t *p, const uint8_t *end, int64_t *micros) {
    int64_t unit = SECOND / 10;
    const uint8_t *first = p;
    for (; p < end && is_digit(*p); p++, unit /= 10) *micros += unit * (*p - '0');
    return p == first ? NULL : p;
}

/* Z, +hh:mm, +hhmm, or nothing, up to the end. */
static inline bool scan_offset(const uint8_t *p, const uint8_t *end, Moment *m) {
    if (p == end || (end - p == 1 && (*p | 0x20) == 'z')) return true;
    if (*p != '+' && *p != '-') return false;
    const bool east = *p++ == '+';
    const unsigned colon = end - p == 5 && p[2] == ':';
    if (end - p != 4 + (int)colon) return false;
    const unsigned hours = two(p), minutes = two(p + 2 + colon);
    if (hours > 23 || minutes > 59) return false;
    const int64_t offset = (int64_t)(hours * 60 + minutes) * 60 * SECOND;
    m->micros += east ? -offset : offset;
    m->offset = true;
    return true;
}

static inline bool scan_moment(const Text *text, Moment *m) {
    const uint8_t *p = text->start, *end = p + text->size;
    *m = (Moment){0};
    if (text->size < 10 || p[4] != '-' || p[7] != '-') return false;
    const unsigned century = two(p), year = two(p + 2);
    if (century > 99 || year > 99 || !day_of(century * 100 + year, two(p + 5), two(p + 8), &m->day)) return false;
    if (text->size == 10) return true;
    p += 10;
    if (text->size < 19 || ((*p | 0x20) != 't' && *p != ' ') || p[3] != ':' || p[6] != ':') return false;
    const unsigned hour = two(p + 1), minute = two(p + 4), second = two(p + 7);
    if (hour > 23 || minute > 59 || second > 59) return false;
    m->time = true;
    m->micros = (int64_t)(hour * 3600 + minute * 60 + second) * SECOND;
    p += 9;
    if (p < end && *p == '.' && !(p = scan_fraction(p + 1, end, &m->micros))) return false;
    return scan_offset(p, end, m);
}

/* TIMESTAMP in microseconds since 1970; without an offset it is UTC. */
static inline bool as_timestamp(const Text *text, int64_t *value) {
    Moment m;
    if (text->escaped || !scan_moment(text, &m)) return false;
    *value = m.day * DAY + m.micros;
    return *value >= FIRST_DAY * DAY && *value < (LAST_DAY + 1) * DAY;
}

/* DATE in days since 1970; of a date-time only midnight without an offset, so that nothing is cut off. */
static inline bool as_date(const Text *text, int32_t *value) {
    Moment m;
    if (text->escaped || !scan_moment(text, &m) || m.micros || m.offset) return false;
    *value = m.day;
    return true;
}

#endif
