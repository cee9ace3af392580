/* Where reading stands, and buffers that grow. Every function returns false for what it does not take. */

#ifndef READER_H
#define READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#if !defined(__SIZEOF_INT128__) || __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "needs 128-bit integers, and the byte order of Arrow's buffers"
#endif

enum { SLACK = 16 }; /* bytes behind the used ones that may be overwritten */

typedef struct {
    uint8_t *data;
    size_t used, room;
} Buffer;

typedef struct {
    const uint8_t *at, *end; /* end[-1] is '\n', at which every loop stops */
    Buffer scratch;          /* texts that are only looked at */
    bool exhausted;          /* there is no memory: not the input's fault */
} Reader;

/* Room for `more` bytes, and SLACK. */
static bool enlarge(Reader *r, Buffer *b, size_t more) {
    size_t room = b->room ? b->room : 256;
    while (room < b->used + more + SLACK) room *= 2; /* `more` is bounded by the size of the input, see records.c */
    uint8_t *data = realloc(b->data, room);
    if (!data) {
        r->exhausted = true;
        return false;
    }
    b->data = data;
    b->room = room;
    return true;
}

static inline bool reserve(Reader *r, Buffer *b, size_t more) {
    return b->used + more + SLACK <= b->room || enlarge(r, b, more);
}

static inline bool put(Reader *r, Buffer *b, const void *from, size_t size) {
    if (!reserve(r, b, size)) return false;
    memcpy(b->data + b->used, from, size);
    b->used += size;
    return true;
}

/* Bytes of the input; short ones are copied with what follows them. */
static inline bool put_input(Reader *r, Buffer *b, const uint8_t *from, size_t size) {
    if (!reserve(r, b, size)) return false;
    if (size <= SLACK && (size_t)(r->end - from) >= SLACK)
        memcpy(b->data + b->used, from, SLACK);
    else
        memcpy(b->data + b->used, from, size);
    b->used += size;
    return true;
}

/* RFC 8259, section 2, without the newline: a message ends with it. */
static inline void skip_space(Reader *r) {
    while (*r->at == ' ' || *r->at == '\t' || *r->at == '\r') r->at++;
}

/* The next character that is no space, if it is this one. */
static inline bool take(Reader *r, uint8_t character) {
    if (*r->at != character) {
        skip_space(r);
        if (*r->at != character) return false;
    }
    r->at++;
    return true;
}

static inline bool take_word(Reader *r, const char *word, size_t size) {
    if ((size_t)(r->end - r->at) < size || memcmp(r->at, word, size) != 0) return false;
    r->at += size;
    return true;
}

#endif
