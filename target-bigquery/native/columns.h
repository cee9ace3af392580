/* Columns from their description in Python, and their values back. */

#ifndef COLUMNS_H
#define COLUMNS_H

#include "column.h"

static bool describe(Column *c, PyObject *given);

static bool made(bool enough_memory) {
    if (!enough_memory) PyErr_NoMemory();
    return enough_memory;
}

/* The fields of a RECORD. */
static bool describe_fields(Column *c, PyObject *fields) {
    const Py_ssize_t size = PyTuple_Size(fields);
    if (size < 1 || size > INT16_MAX) {
        PyErr_SetString(PyExc_ValueError, "no fields, or too many");
        return false;
    }
    c->kind = RECORD;
    if (!made(init_fields(c, (int32_t)size))) return false;
    for (Py_ssize_t n = 0; n < size; n++)
        if (!describe(&c->fields[n], PyTuple_GetItem(fields, n))) return false;
    return made(index_fields(c));
}

static bool describe_type(Column *c, const char *type, PyObject *fields) {
    for (size_t n = 0; n < sizeof KINDS / sizeof *KINDS; n++) {
        if (strcmp(KINDS[n].type, type) != 0) continue;
        c->kind = KINDS[n].kind;
        return c->kind == RECORD ? describe_fields(c, fields) : !has_offsets(c->kind) || made(init_offsets(c));
    }
    PyErr_Format(PyExc_ValueError, "no column type: %s", type);
    return false;
}

/* (source, type, repeated, required, fields); a repeated column is a list of one that has no name. */
static bool describe(Column *c, PyObject *given) {
    const char *type;
    Py_ssize_t size;
    int repeated, required;
    PyObject *fields;
    if (!PyArg_ParseTuple(given, "y#sppO!", &c->source, &size, &type, &repeated, &required, &PyTuple_Type, &fields))
        return false;
    c->source_size = (size_t)size;
    c->required = required;
    for (Py_ssize_t n = 0; n < size; n++)
        c->spelled |= c->source[n] == '"' || c->source[n] == '\\' || (uint8_t)c->source[n] < 0x20;
    if (!repeated) return describe_type(c, type, fields);
    c->kind = LIST;
    return made(init_fields(c, 1) && init_offsets(c)) && describe_type(c->fields, type, fields);
}

static PyObject *none(void) { return Py_NewRef(Py_None); }

/* A buffer as bytes; its own memory is free again. */
static PyObject *taken(Buffer *b) {
    PyObject *made = PyBytes_FromStringAndSize((const char *)b->data, (Py_ssize_t)b->used);
    free(b->data);
    *b = (Buffer){0};
    return made;
}

/* Bytes of 0 and 1 as a bitmap, least significant bit first: Arrow Columnar Format, Validity bitmaps. */
static PyObject *bits(Buffer *b) {
    const size_t size = (b->used + 7) / 8;
    for (size_t n = 0; n < size; n++) {
        unsigned byte = 0;
        for (size_t bit = 0; bit < 8 && 8 * n + bit < b->used; bit++) byte |= (unsigned)b->data[8 * n + bit] << bit;
        b->data[n] = (uint8_t)byte;
    }
    b->used = size;
    return taken(b);
}

/* (count, nulls, validity, offsets, data, doubtful, fields), None for buffers that there are none of. */
static PyObject *values_of(Column *c) {
    PyObject *fields = PyTuple_New(c->size);
    if (!fields) return NULL;
    for (int32_t n = 0; n < c->size; n++) {
        PyObject *field = values_of(&c->fields[n]);
        if (!field || PyTuple_SetItem(fields, n, field) < 0) {
            Py_DECREF(fields);
            return NULL;
        }
    }
    PyObject *valid = c->nulls ? bits(&c->valid) : none();
    PyObject *offsets = has_offsets(c->kind) ? taken(&c->offsets) : none();
    PyObject *data = c->size ? none() : c->kind == BOOL ? bits(&c->data) : taken(&c->data);
    PyObject *doubtful = PyBool_FromLong(c->doubtful);
    return Py_BuildValue("(iiNNNNN)", c->count, c->nulls, valid, offsets, data, doubtful, fields);
}

#endif
