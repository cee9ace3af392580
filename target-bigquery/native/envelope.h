/* RECORD messages: https://hub.meltano.com/singer/spec#record-messages */

#ifndef ENVELOPE_H
#define ENVELOPE_H

#include "walk.h"

typedef struct {
    const char *stream;
    size_t stream_size;
    bool has_version;
    int64_t version;
} Expected;

enum { TYPE = 1, STREAM = 2, VERSION = 4, EXTRACTED = 8, BODY = 16, VALUE = 32, FOREIGN = 64 };

/* What a property of a message is; 0 for what Singer does not know, FOREIGN for what only other messages have. */
static inline int member_of(const Text *name) {
    static const struct {
        const char *name;
        size_t size;
        int member;
    } members[] = {
        {"type", 4, TYPE}, {"stream", 6, STREAM}, {"record", 6, BODY}, {"version", 7, VERSION},
        {"time_extracted", 14, EXTRACTED}, {"value", 5, VALUE}, {"schema", 6, FOREIGN}, {"key_properties", 14, FOREIGN},
        {"encoding", 8, FOREIGN}, {"manifest", 8, FOREIGN},
    };
    for (size_t n = 0; n < sizeof members / sizeof *members; n++)
        if (is_text(name, members[n].name, members[n].size)) return members[n].member;
    return 0;
}

static bool read_version(Reader *r, const Expected *expected) {
    Number number;
    int64_t version;
    skip_space(r);
    if (*r->at == 'n') return !expected->has_version && take_word(r, "null", 4);
    return expected->has_version && scan_number(r, &number) && !number.after && !number.power &&
           as_integer(&number, &version) && version == expected->version;
}

/* One member of a message. */
static bool read_member(Reader *r, const Expected *expected, Column *record, Column *extracted, int *seen) {
    Text name, text;
    bool doubtful = false;
    skip_space(r);
    if (!read_text(r, &name)) return false;
    const int member = member_of(&name);
    if (*seen & member || !take(r, ':')) return false;
    *seen |= member;
    switch (member) {
    case TYPE: skip_space(r); return read_text(r, &text) && is_text(&text, "RECORD", 6);
    case STREAM: skip_space(r); return read_text(r, &text) && is_text(&text, expected->stream, expected->stream_size);
    case VERSION: return read_version(r, expected);
    case EXTRACTED: return put_value(extracted, r);
    case BODY: return put_value(record, r) && !record->nulls;
    case 0: return skip_value(r, 0, &doubtful);
    default: return false;
    }
}

static bool read_message(Reader *r, const Expected *expected, Column *record, Column *extracted) {
    int seen = 0;
    if (!take(r, '{')) return false;
    do
        if (!read_member(r, expected, record, extracted, &seen)) return false;
    while (take(r, ','));
    if (!take(r, '}')) return false;
    if (!(seen & EXTRACTED) && !put_null(extracted, r)) return false;
    const int needed = TYPE | STREAM | BODY | (expected->has_version ? VERSION : 0);
    return (seen & needed) == needed;
}

/* Lines, each a message; or, where no message is expected, the bare record or nothing. */
static bool read_lines(Reader *r, const Expected *expected, Column *record, Column *extracted) {
    for (; r->at < r->end; r->at++) {
        if (expected) {
            if (!read_message(r, expected, record, extracted)) return false;
        } else if (*r->at != '\n' && (!put_value(record, r) || record->nulls)) {
            return false;
        }
        skip_space(r);
        if (*r->at != '\n') return false;
    }
    return true;
}

#endif
