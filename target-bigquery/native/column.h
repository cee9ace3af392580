/* Columns, and their values as Arrow lays them out: https://arrow.apache.org/docs/format/Columnar.html */

#ifndef COLUMN_H
#define COLUMN_H

#define Py_LIMITED_API 0x030b0000
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include "moment.h"

typedef enum { LIST, RECORD, STRING, TEXT, NUMERAL, JSON, INT64, BOOL, NUMERIC, TIMESTAMP, DATE } Kind;

/* How the values of BigQuery's types are read. TIME, BYTES, BIGNUMERIC and FLOAT64 stay text, which Arrow converts. */
static const struct {
    const char *type;
    Kind kind;
} KINDS[] = {
    {"RECORD", RECORD}, {"STRING", STRING}, {"TIME", TEXT}, {"BYTES", TEXT}, {"BIGNUMERIC", NUMERAL},
    {"FLOAT64", NUMERAL}, {"JSON", JSON}, {"INT64", INT64}, {"NUMERIC", NUMERIC}, {"BOOL", BOOL}, {"TIMESTAMP", TIMESTAMP}, {"DATE", DATE},
};

typedef struct Column {
    const char *source; /* the property's name, in a bytes object that outlives the column */
    size_t source_size;
    Kind kind;
    bool required;
    bool spelled;  /* the name has characters that JSON escapes, so that it is not compared as it stands */
    bool doubtful; /* of JSON: a number is so long that its value has to be looked at */
    int32_t count, nulls;
    Buffer valid;   /* a byte for each value */
    Buffer offsets; /* where values begin and the last one ends: of texts and lists */
    Buffer data;    /* of BOOL a byte for each value */
    struct Column *fields; /* of a RECORD; of a LIST its one item */
    int32_t size;          /* how many */
    int32_t *after;        /* of a RECORD: which field followed which in the last object, the first one at 0 */
    int32_t *table;        /* of a RECORD: a hash table of the fields' names, numbers from 1 */
    uint32_t mask;
} Column;

static inline bool has_offsets(Kind kind) {
    return kind == LIST || kind == STRING || kind == TEXT || kind == NUMERAL || kind == JSON;
}

static uint32_t hash_of(const char *name, size_t size) { /* FNV-1a */
    uint32_t hash = 2166136261u;
    for (size_t n = 0; n < size; n++) hash = (hash ^ (uint8_t)name[n]) * 16777619u;
    return hash;
}

/* The field's number, or -1. */
static int32_t find_field(const Column *c, const char *name, size_t size) {
    for (uint32_t at = hash_of(name, size) & c->mask; c->table[at]; at = (at + 1) & c->mask) {
        const Column *field = &c->fields[c->table[at] - 1];
        if (field->source_size == size && memcmp(field->source, name, size) == 0) return c->table[at] - 1;
    }
    return -1;
}

static void drop_column(Column *c) {
    for (int32_t n = 0; c->fields && n < c->size; n++) drop_column(&c->fields[n]);
    free(c->fields);
    free(c->after);
    free(c->table);
    free(c->valid.data);
    free(c->offsets.data);
    free(c->data.data);
}

static bool init_fields(Column *c, int32_t size) {
    c->fields = calloc((size_t)size + 1, sizeof *c->fields);
    c->size = size;
    return c->fields != NULL;
}

static bool index_fields(Column *c) {
    uint32_t slots = 4;
    while (slots < 2 * (uint32_t)c->size) slots *= 2;
    c->mask = slots - 1;
    c->after = malloc(((size_t)c->size + 1) * sizeof *c->after);
    c->table = calloc(slots, sizeof *c->table);
    if (!c->after || !c->table) return false;
    for (int32_t n = 0; n < c->size; n++) {
        uint32_t at = hash_of(c->fields[n].source, c->fields[n].source_size) & c->mask;
        while (c->table[at]) at = (at + 1) & c->mask;
        c->table[at] = n + 1;
        c->after[n] = n; /* as in the schema, to begin with */
    }
    c->after[c->size] = 0;
    return true;
}

/* The first value begins at 0. */
static bool init_offsets(Column *c) {
    const Buffer first = {.data = calloc(1, 256), .used = sizeof(int32_t), .room = 256};
    c->offsets = first;
    return first.data != NULL;
}

static inline bool is_valid(Column *c, Reader *r, uint8_t valid) {
    if (!reserve(r, &c->valid, 1)) return false;
    c->valid.data[c->valid.used++] = valid;
    c->count++;
    c->nulls += !valid;
    return true;
}

/* The value that ends here, of a column with offsets. */
static inline bool end_value(Column *c, Reader *r) {
    const int32_t end = c->kind == LIST ? c->fields->count : (int32_t)c->data.used;
    return put(r, &c->offsets, &end, sizeof end);
}

static size_t width(Kind kind) {
    switch (kind) {
    case BOOL: return 1;
    case DATE: return 4;
    case INT64: case TIMESTAMP: return 8;
    case NUMERIC: return 16;
    default: return 0;
    }
}

/* No value: as everywhere in Arrow, there is one of each field nevertheless. */
static bool put_null(Column *c, Reader *r) {
    static const uint8_t zeros[16] = {0};
    if (c->required || !is_valid(c, r, 0)) return false;
    if (has_offsets(c->kind)) return end_value(c, r);
    if (c->kind != RECORD) return put(r, &c->data, zeros, width(c->kind));
    for (int32_t n = 0; n < c->size; n++)
        if (!put_null(&c->fields[n], r)) return false;
    return true;
}

#endif
