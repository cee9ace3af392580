/* Strings: RFC 8259, section 7, as UTF-8 without anything that UTF-8 has no form for. */

#ifndef TEXT_H
#define TEXT_H

#include "reader.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

typedef struct {
    const uint8_t *start; /* between the quotes */
    size_t size;
    bool escaped, ascii;
} Text;

/* Up to the next quote, backslash or control character; `high` becomes true where bytes are beyond ASCII. */
static inline const uint8_t *plain_end(const uint8_t *p, const uint8_t *end, bool *high) {
#if defined(__SSE2__)
    const __m128i quote = _mm_set1_epi8('"'), backslash = _mm_set1_epi8('\\'), last = _mm_set1_epi8(0x1f);
    for (; end - p >= 16; p += 16) {
        const __m128i bytes = _mm_loadu_si128((const __m128i *)p);
        const __m128i control = _mm_cmpeq_epi8(_mm_min_epu8(bytes, last), bytes);
        const __m128i special = _mm_or_si128(_mm_cmpeq_epi8(bytes, quote), _mm_cmpeq_epi8(bytes, backslash));
        const unsigned found = (unsigned)_mm_movemask_epi8(_mm_or_si128(special, control));
        const unsigned beyond = (unsigned)_mm_movemask_epi8(bytes);
        if (found) {
            const int n = __builtin_ctz(found);
            *high |= (beyond & ((1u << n) - 1)) != 0;
            return p + n;
        }
        *high |= beyond != 0;
    }
#endif
    for (; p < end && *p != '"' && *p != '\\' && *p >= 0x20; p++) *high |= *p >= 0x80;
    return p;
}

/* A string from its opening quote to behind its closing one; its escapes are not looked at yet. */
static inline bool scan_text(Reader *r, Text *text) {
    bool high = false, escaped = false;
    const uint8_t *p = r->at;
    if (*p != '"') return false;
    text->start = ++p;
    for (;;) {
        p = plain_end(p, r->end, &high);
        if (p == r->end || (*p != '"' && *p != '\\')) return false;
        if (*p == '"') break;
        escaped = true;
        p += 2; /* not beyond the end, for the last byte is a newline */
    }
    text->size = (size_t)(p - text->start);
    text->escaped = escaped;
    text->ascii = !high;
    r->at = p + 1;
    return true;
}

static inline bool continues(uint8_t byte, uint8_t from, uint8_t to) { return byte >= from && byte <= to; }

/* Well-formed byte sequences: The Unicode Standard, table 3-7. */
static bool is_utf8(const uint8_t *p, size_t size) {
    const uint8_t *end = p + size;
    while (p < end) {
        const uint8_t first = *p;
        if (first < 0x80) {
            p++;
            continue;
        }
        const int more = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : 1;
        if (first < 0xc2 || first > 0xf4 || end - p <= more) return false;
        const uint8_t least = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
        const uint8_t most = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
        if (!continues(p[1], least, most)) return false;
        for (int n = 2; n <= more; n++)
            if (!continues(p[n], 0x80, 0xbf)) return false;
        p += more + 1;
    }
    return true;
}

static bool hex4(const uint8_t *p, const uint8_t *end, uint32_t *unit) {
    if (end - p < 4) return false;
    *unit = 0;
    for (int n = 0; n < 4; n++) {
        const uint8_t c = p[n], lower = c | 0x20;
        if (c >= '0' && c <= '9')
            *unit = *unit << 4 | (uint32_t)(c - '0');
        else if (lower >= 'a' && lower <= 'f')
            *unit = *unit << 4 | (uint32_t)(lower - 'a' + 10);
        else
            return false;
    }
    return true;
}

/* \uXXXX, or two of them that are a surrogate pair, as UTF-8; p stands behind the u. */
static const uint8_t *put_unit(Buffer *b, const uint8_t *p, const uint8_t *end) {
    uint32_t code, low;
    if (!hex4(p, end, &code) || (code >= 0xdc00 && code <= 0xdfff)) return NULL;
    p += 4;
    if (code >= 0xd800 && code <= 0xdbff) {
        if (end - p < 6 || p[0] != '\\' || p[1] != 'u' || !hex4(p + 2, end, &low)) return NULL;
        if (low < 0xdc00 || low > 0xdfff) return NULL;
        code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
        p += 6;
    }
    uint8_t *out = b->data + b->used;
    if (code < 0x80) {
        *out++ = (uint8_t)code;
    } else {
        if (code < 0x800) {
            *out++ = (uint8_t)(0xc0 | code >> 6);
        } else {
            if (code < 0x10000) {
                *out++ = (uint8_t)(0xe0 | code >> 12);
            } else {
                *out++ = (uint8_t)(0xf0 | code >> 18);
                *out++ = (uint8_t)(0x80 | (code >> 12 & 0x3f));
            }
            *out++ = (uint8_t)(0x80 | (code >> 6 & 0x3f));
        }
        *out++ = (uint8_t)(0x80 | (code & 0x3f));
    }
    b->used = (size_t)(out - b->data);
    return p;
}

/* What a string with escapes says. No escape is shorter than what it stands for. */
static bool put_unescaped(Reader *r, Buffer *b, const Text *text) {
    static const char letters[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";
    const uint8_t *p = text->start, *end = p + text->size;
    if (!reserve(r, b, text->size)) return false;
    while (p < end) {
        const uint8_t *escape = memchr(p, '\\', (size_t)(end - p));
        const size_t before = (size_t)((escape ? escape : end) - p);
        memcpy(b->data + b->used, p, before);
        b->used += before;
        if (!escape) break;
        p = escape + 2; /* scan_text saw the character behind the backslash */
        if (escape[1] == 'u') {
            if (!(p = put_unit(b, p, end))) return false;
            continue;
        }
        const char *letter = escape[1] ? strchr(letters, escape[1]) : NULL;
        if (!letter) return false;
        b->data[b->used++] = (uint8_t)meant[letter - letters];
    }
    return true;
}

static inline bool put_text(Reader *r, Buffer *b, const Text *text) {
    if (!text->ascii && !is_utf8(text->start, text->size)) return false;
    return text->escaped ? put_unescaped(r, b, text) : put_input(r, b, text->start, text->size);
}

/* The bytes that a string stands for, valid until the next one; for names, and for texts that nobody keeps. */
static inline bool read_text(Reader *r, Text *text) {
    if (!scan_text(r, text)) return false;
    if (!text->ascii && !is_utf8(text->start, text->size)) return false;
    if (!text->escaped) return true;
    r->scratch.used = 0;
    if (!put_unescaped(r, &r->scratch, text)) return false;
    text->start = r->scratch.data;
    text->size = r->scratch.used;
    return true;
}

static inline bool is_text(const Text *text, const char *other, size_t size) {
    return text->size == size && memcmp(text->start, other, size) == 0;
}

#endif
