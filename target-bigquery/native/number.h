/* Numbers: RFC 8259, section 6, exactly. A double is never in between. */

#ifndef NUMBER_H
#define NUMBER_H

#include "reader.h"

typedef unsigned __int128 Digits;

typedef struct {
    Digits digits; /* all of them, without the point */
    int exponent;  /* of ten */
    int after;    /* digits behind the point */
    bool negative, power;
} Number;

enum {
    DIGITS = 38,    /* that a NUMERIC and a 128-bit integer hold */
    SCALE = 9,      /* of a NUMERIC: BigQuery's data types, NUMERIC */
    FARTHEST = 9999 /* exponent that is looked at */
};

static inline bool is_digit(uint8_t c) { return (uint8_t)(c - '0') < 10; }

static Digits power_of_ten(int n) {
    Digits power = 1;
    while (n-- > 0) power *= 10;
    return power;
}

/* Digits from p on, appended to those that there are; no more of them than a NUMERIC holds, but for leading zeros. */
static const uint8_t *scan_digits(const uint8_t *p, Digits *digits) {
    const Digits most = power_of_ten(DIGITS - 1);
    for (; is_digit(*p) && *digits < most; p++) *digits = *digits * 10 + (Digits)(*p - '0');
    return p;
}

/* The digits of a number, and its point. */
static inline const uint8_t *scan_fixed(const uint8_t *first, Number *n) {
    const uint8_t *p = first, *point = NULL;
    uint64_t digits = 0;
    for (; is_digit(*p); p++) digits = digits * 10 + (uint64_t)(*p - '0');
    const uint8_t *end = p;
    if (*p == '.') {
        point = p++;
        for (; is_digit(*p); p++) digits = digits * 10 + (uint64_t)(*p - '0');
    }
    if (end == first || (*first == '0' && end - first > 1) || p - end == 1 || p - end > FARTHEST) return NULL;
    n->after = point ? (int)(p - point - 1) : 0;
    n->digits = digits;
    if (p - first > 19) { /* more than 64 bits hold for sure */
        n->digits = 0;
        if (scan_digits(first, &n->digits) != end) return NULL;
        if (point && scan_digits(point + 1, &n->digits) != p) return NULL;
    }
    return p;
}

/* A number; refuses one of more than DIGITS digits. */
static inline bool scan_number(Reader *r, Number *n) {
    const bool negative = *r->at == '-';
    const uint8_t *p = scan_fixed(r->at + negative, n);
    if (!p) return false;
    n->negative = negative;
    n->exponent = -n->after;
    n->power = (*p | 0x20) == 'e';
    if (n->power) {
        int power = 0;
        const bool down = *++p == '-';
        p += down || *p == '+';
        if (!is_digit(*p)) return false;
        for (; is_digit(*p); p++)
            if ((power = power * 10 + (*p - '0')) > FARTHEST) return false;
        n->exponent += down ? -power : power;
    }
    r->at = p;
    return true;
}

/* The number times ten to the `scale`, if that is whole and below ten to the `DIGITS`. */
static inline bool scaled(const Number *n, int scale, Digits *value) {
    Digits digits = n->digits;
    int shift = n->exponent + scale;
    if (!digits) shift = 0;
    if (shift > DIGITS || shift < -DIGITS) return false;
    if (shift > 0) {
        const Digits power = power_of_ten(shift);
        if (digits >= power_of_ten(DIGITS) / power) return false;
        digits *= power;
    } else if (shift < 0) {
        const Digits power = power_of_ten(-shift);
        if (digits % power) return false;
        digits /= power;
    }
    *value = digits;
    return digits < power_of_ten(DIGITS);
}

/* NUMERIC as decimal128(38, 9). */
static inline bool as_numeric(const Number *n, __int128 *value) {
    Digits digits;
    if (n->exponent <= 0 && n->exponent >= -SCALE && n->digits <= UINT64_MAX) { /* no overflow: 20 digits and 9 */
        static const uint32_t powers[] = {1000000000, 100000000, 10000000, 1000000, 100000, 10000, 1000, 100, 10, 1};
        digits = n->digits * powers[-n->exponent];
    } else if (!scaled(n, SCALE, &digits)) {
        return false;
    }
    *value = n->negative ? -(__int128)digits : (__int128)digits;
    return true;
}

static inline bool as_integer(const Number *n, int64_t *value) {
    Digits digits = n->digits;
    if (n->exponent && !scaled(n, 0, &digits)) return false;
    if (digits > (Digits)INT64_MAX + n->negative) return false;
    *value = n->negative ? (int64_t)(0 - (uint64_t)digits) : (int64_t)digits;
    return true;
}

#endif
