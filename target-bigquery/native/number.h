/* Numbers: RFC 8259, section 6, exactly. A double is never in between. */

#ifndef NUMBER_H
#define NUMBER_H

#include "reader.h"

typedef unsigned __int128 Digits;

typedef struct {
    Digits digits; /* all of them, without the point */
    int exponent;  /* of ten */
    bool negative, fraction, power;
    int after; /* digits after the point */
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

/* Digits from p on, appended to `digits`; at most DIGITS in all but for leading zeros. */
static inline const uint8_t *scan_digits(const uint8_t *p, Number *n, int *count) {
    uint64_t some = 0, power = 1;
    while (is_digit(*p)) {
        if (power == 10000000000000000000u || *count > DIGITS) break; /* 19 digits fit into 64 bits */
        some = some * 10 + (uint64_t)(*p++ - '0');
        power *= 10;
        *count += n->digits || some;
    }
    n->digits = n->digits * power + some;
    return p;
}

/* A number; refuses one of more than DIGITS digits. */
static inline bool scan_number(Reader *r, Number *n) {
    const uint8_t *p = r->at;
    int count = 0;
    *n = (Number){.negative = *p == '-'};
    p += n->negative;
    const uint8_t *first = p;
    do p = scan_digits(p, n, &count);
    while (is_digit(*p) && count <= DIGITS);
    if (p == first || (*first == '0' && p - first > 1)) return false;
    if (*p == '.') {
        const uint8_t *point = p++;
        do p = scan_digits(p, n, &count);
        while (is_digit(*p) && count <= DIGITS && p - point < FARTHEST);
        n->after = (int)(p - point - 1);
        n->fraction = true;
        if (!n->after) return false;
    }
    if (count > DIGITS || is_digit(*p)) return false;
    n->exponent = -n->after;
    if ((*p | 0x20) == 'e') {
        int power = 0;
        const bool down = *++p == '-';
        p += down || *p == '+';
        if (!is_digit(*p)) return false;
        for (; is_digit(*p); p++)
            if ((power = power * 10 + (*p - '0')) > FARTHEST) return false;
        n->exponent += down ? -power : power;
        n->power = true;
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
