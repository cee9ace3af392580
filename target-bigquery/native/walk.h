/* Values of records into columns. */

#ifndef WALK_H
#define WALK_H

#include "column.h"
#include "skip.h"

static bool put_json(Column *c, Reader *r) {
    const uint8_t *start = r->at;
    return skip_value(r, 0, &c->doubtful) && put_input(r, &c->data, start, (size_t)(r->at - start));
}

static bool put_string(Column *c, Reader *r) {
    Text text;
    return scan_text(r, &text) && put_text(r, &c->data, &text);
}

/* A scalar as JSON writes it; not a number of which another spelling is the usual one. */
static bool put_scalar(Column *c, Reader *r) {
    Number number;
    const uint8_t *start = r->at;
    if (!take_word(r, "true", 4) && !take_word(r, "false", 5) &&
        (!scan_number(r, &number) || number.power || number.after > 6))
        return false;
    return put(r, &c->data, start, (size_t)(r->at - start));
}

/* A number, also as a text. */
static inline bool read_number(Reader *r, Number *number) {
    const bool quoted = *r->at == '"';
    r->at += quoted;
    if (!scan_number(r, number) || (quoted && *r->at != '"')) return false;
    r->at += quoted;
    return true;
}

static bool put_numeral(Column *c, Reader *r) {
    Number number;
    const uint8_t *start = r->at;
    if (!read_number(r, &number)) return false;
    const size_t quote = *start == '"';
    return put(r, &c->data, start + quote, (size_t)(r->at - start) - 2 * quote);
}

static bool put_value(Column *c, Reader *r);

static bool put_items(Column *c, Reader *r) {
    Column *item = c->fields;
    if (*r->at != '[') return false;
    r->at++;
    if (take(r, ']')) return true;
    do {
        if (!put_value(item, r) || item->nulls) return false; /* BigQuery stores no null in an array */
    } while (take(r, ','));
    return take(r, ']');
}

/* The field of the next name, which is skipped with its colon; NULL for one that is no column. */
static inline bool next_field(Column *c, Reader *r, int32_t *last, Column **field) {
    Text name;
    if (*r->at != '"') skip_space(r);
    const int32_t guess = c->after[*last];
    Column *expected = &c->fields[guess];
    const size_t size = expected->source_size;
    if (*r->at == '"' && (size_t)(r->end - r->at) > size + 2 && r->at[size + 1] == '"' &&
        memcmp(r->at + 1, expected->source, size) == 0 && !expected->spelled) {
        r->at += size + 2;
        *field = expected;
        *last = guess + 1;
        return take(r, ':');
    }
    if (!read_text(r, &name)) return false;
    const int32_t found = find_field(c, (const char *)name.start, name.size);
    if (found >= 0) {
        c->after[*last] = found;
        *last = found + 1;
    }
    *field = found < 0 ? NULL : &c->fields[found];
    return take(r, ':');
}

/* The members of an object, each in its column; a null in those that it does not name. */
static bool put_object(Column *c, Reader *r) {
    const int32_t before = c->count - 1; /* the object itself is counted */
    int32_t last = 0, found = 0;
    bool doubtful = false;
    Column *field;
    if (*r->at != '{') return false;
    r->at++;
    if (!take(r, '}')) {
        do {
            if (!next_field(c, r, &last, &field)) return false;
            if (!field) {
                if (!skip_value(r, 0, &doubtful)) return false;
                continue;
            }
            if (field->count != before || !put_value(field, r)) return false; /* a name that comes twice */
            found++;
        } while (take(r, ','));
        if (!take(r, '}')) return false;
    }
    for (int32_t n = 0; found < c->size && n < c->size; n++)
        if (c->fields[n].count == before && !put_null(&c->fields[n], r)) return false;
    return true;
}

static bool put_number(Column *c, Reader *r) {
    Number number;
    int64_t integer;
    __int128 decimal;
    if (!read_number(r, &number)) return false;
    if (c->kind == INT64) return as_integer(&number, &integer) && put(r, &c->data, &integer, sizeof integer);
    return as_numeric(&number, &decimal) && put(r, &c->data, &decimal, sizeof decimal);
}

static bool put_moment(Column *c, Reader *r) {
    Text text;
    int64_t moment;
    int32_t day;
    if (!scan_text(r, &text)) return false;
    if (c->kind == DATE) return as_date(&text, &day) && put(r, &c->data, &day, sizeof day);
    return as_timestamp(&text, &moment) && put(r, &c->data, &moment, sizeof moment);
}

static bool put_flag(Column *c, Reader *r) {
    const uint8_t flag = *r->at == 't';
    return (flag ? take_word(r, "true", 4) : take_word(r, "false", 5)) && put(r, &c->data, &flag, 1);
}

static bool put_value(Column *c, Reader *r) {
    skip_space(r);
    if (*r->at == 'n') return take_word(r, "null", 4) && put_null(c, r);
    if (!is_valid(c, r, 1)) return false;
    switch (c->kind) {
    case LIST: return put_items(c, r) && end_value(c, r);
    case RECORD: return put_object(c, r);
    case STRING: return (*r->at == '"' ? put_string(c, r) : put_scalar(c, r)) && end_value(c, r);
    case TEXT: return put_string(c, r) && end_value(c, r);
    case NUMERAL: return put_numeral(c, r) && end_value(c, r);
    case JSON: return put_json(c, r) && end_value(c, r);
    case INT64: case NUMERIC: return put_number(c, r);
    case TIMESTAMP: case DATE: return put_moment(c, r);
    case BOOL: return put_flag(c, r);
    }
    return false;
}

#endif
