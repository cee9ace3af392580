/* A deal from its description in Python, and what was dealt back. */

#ifndef PILES_H
#define PILES_H

#include "deal.h"

/* The version of a message; false with an exception, or where it is too large to be compared. */
static bool expect_version(Expected *expected, PyObject *version) {
    expected->has_version = version != Py_None;
    if (expected->has_version) expected->version = PyLong_AsLongLong(version);
    if (!PyErr_Occurred()) return true;
    if (PyErr_ExceptionMatches(PyExc_OverflowError)) PyErr_Clear();
    return false;
}

static void drop_piles(Deal *d) {
    for (int32_t n = 0; d->piles && n < d->size; n++) {
        free(d->piles[n].lines.data);
        free(d->piles[n].numbers.data);
    }
    free(d->piles);
    free(d->table);
}

/* A pile for each (stream, version); the names outlive them. */
static bool describe_piles(Deal *d, PyObject *streams) {
    uint32_t slots = 4;
    d->size = (int32_t)PyList_Size(streams);
    while (slots < 2 * (uint32_t)d->size) slots *= 2;
    d->mask = slots - 1;
    d->piles = calloc((size_t)d->size + 1, sizeof *d->piles);
    d->table = calloc(slots, sizeof *d->table);
    if (!made(d->piles && d->table)) return false;
    for (int32_t n = 0; n < d->size; n++) {
        Expected *expected = &d->piles[n].expected;
        PyObject *version;
        Py_ssize_t size;
        if (!PyArg_ParseTuple(PyList_GetItem(streams, n), "s#O", &expected->stream, &size, &version)) return false;
        expected->stream_size = (size_t)size;
        if (!expect_version(expected, version)) {
            if (PyErr_Occurred()) return false;
            continue; /* nobody finds it */
        }
        uint32_t at = hash_of(expected->stream, expected->stream_size) & d->mask;
        while (d->table[at]) at = (at + 1) & d->mask;
        d->table[at] = n + 1;
    }
    return true;
}

/* Lines as bytes; or, where they are most of what was read, as a view of it. */
static PyObject *lines_of(Reader *memory, Pile *pile, PyObject *data, const uint8_t *start, size_t size) {
    const Py_ssize_t from = pile->from - start, to = pile->to - start;
    if (pile->lines.used) return made(pick_up(memory, pile)) ? taken(&pile->lines) : NULL;
    if (2 * (size_t)(to - from) <= size) return PyBytes_FromStringAndSize((const char *)pile->from, to - from);
    PyObject *view = PyMemoryView_FromObject(data);
    PyObject *part = view ? PySequence_GetSlice(view, from, to) : NULL;
    Py_XDECREF(view);
    return part;
}

/* [(which, lines, numbers), …] */
static PyObject *dealt(Reader *memory, Deal *d, PyObject *data, const uint8_t *start, size_t size) {
    PyObject *all = PyList_New(0);
    for (int32_t n = 0; all && n < d->size; n++) {
        Pile *pile = &d->piles[n];
        if (!pile->last) continue;
        PyObject *lines = lines_of(memory, pile, data, start, size);
        PyObject *one = lines ? Py_BuildValue("(iNN)", n, lines, taken(&pile->numbers)) : NULL;
        if (!one || PyList_Append(all, one) < 0) Py_CLEAR(all);
        Py_XDECREF(one);
    }
    return all;
}

/* (line, number), or None. */
static PyObject *state_of(const Deal *d) {
    if (!d->state) return none();
    return Py_BuildValue("(y#L)", d->state, (Py_ssize_t)(d->after - d->state), (long long)d->state_number);
}

#endif
