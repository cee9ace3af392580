/* Past values that no column takes, and through those of JSON columns: RFC 8259, without a place for NaN. */

#ifndef SKIP_H
#define SKIP_H

#include "number.h"
#include "text.h"

enum { DEEPEST = 64 };

static bool skip_value(Reader *r, int depth, bool *doubtful);

/* A number that nobody converts; doubtful if it is longer than what a double gives back for sure. */
static bool skip_number(Reader *r, bool *doubtful) {
    const uint8_t *p = r->at, *start = p, *first;
    p += *p == '-';
    first = p;
    while (is_digit(*p)) p++;
    if (p == first || (*first == '0' && p - first > 1)) return false;
    if (*p == '.') {
        first = ++p;
        while (is_digit(*p)) p++;
        if (p == first) return false;
    }
    if ((*p | 0x20) == 'e') {
        p++;
        p += *p == '+' || *p == '-';
        first = p;
        while (is_digit(*p)) p++;
        if (p == first) return false;
        *doubtful |= p - first > 2;
    }
    *doubtful |= p - start > 15;
    r->at = p;
    return true;
}

/* The members of an object or the items of an array. */
static bool skip_inside(Reader *r, uint8_t close, int depth, bool *doubtful) {
    Text name;
    r->at++;
    if (take(r, close)) return true;
    do {
        if (close == '}') {
            skip_space(r);
            if (!read_text(r, &name) || !take(r, ':')) return false;
        }
        if (!skip_value(r, depth + 1, doubtful)) return false;
    } while (take(r, ','));
    return take(r, close);
}

/* A value of any type, of which only the syntax is looked at. */
static bool skip_value(Reader *r, int depth, bool *doubtful) {
    Text text;
    skip_space(r);
    switch (*r->at) {
    case '"': return read_text(r, &text);
    case '{': return depth < DEEPEST && skip_inside(r, '}', depth, doubtful);
    case '[': return depth < DEEPEST && skip_inside(r, ']', depth, doubtful);
    case 't': return take_word(r, "true", 4);
    case 'f': return take_word(r, "false", 5);
    case 'n': return take_word(r, "null", 4);
    default: return skip_number(r, doubtful);
    }
}

#endif
