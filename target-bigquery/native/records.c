/* Lines by their stream, and the records of one stream from JSON to Arrow's buffers: exactly, or not at all. */

#include "piles.h"

enum { LARGEST = 1 << 30 }; /* bytes of input; offsets of 32 bits reach that far */

/* Whole lines; false if they are refused, or with an exception. */
static bool read_piece(PyObject *piece, const Expected *expected, Column *record, Column *extracted, size_t *total) {
    Py_buffer buffer;
    if (PyObject_GetBuffer(piece, &buffer, PyBUF_SIMPLE) < 0) return false;
    const size_t size = (size_t)buffer.len;
    const uint8_t *start = buffer.buf;
    Reader r = {.at = start, .end = start + size};
    bool taken = size > 0 && size < LARGEST - *total && start[size - 1] == '\n';
    if (taken) {
        Py_BEGIN_ALLOW_THREADS
        taken = read_lines(&r, expected, record, extracted);
        Py_END_ALLOW_THREADS
    }
    *total += size;
    free(r.scratch.data);
    PyBuffer_Release(&buffer);
    if (r.exhausted) PyErr_NoMemory();
    return taken;
}

static PyObject *read_all(PyObject *fields, PyObject *pieces, const Expected *expected) {
    Column record = {0}, extracted = {.kind = TIMESTAMP};
    PyObject *made = NULL;
    size_t total = 0;
    bool taken = describe_fields(&record, fields);
    for (Py_ssize_t n = 0; taken && n < PyList_Size(pieces); n++)
        taken = read_piece(PyList_GetItem(pieces, n), expected, &record, &extracted, &total);
    if (taken) {
        PyObject *values = values_of(&record), *times = values ? values_of(&extracted) : NULL;
        made = times ? PyTuple_Pack(2, values, times) : NULL;
        Py_XDECREF(values);
        Py_XDECREF(times);
    } else if (!PyErr_Occurred()) {
        made = none();
    }
    drop_column(&record);
    drop_column(&extracted);
    return made;
}

PyDoc_STRVAR(MESSAGES, "messages(fields, pieces, stream, version)\n--\n\n"
                       "RECORD lines of one stream and version, or None.");

static PyObject *messages(PyObject *module, PyObject *arguments) {
    PyObject *fields, *pieces, *version;
    Py_ssize_t size;
    Expected expected = {0};
    (void)module;
    if (!PyArg_ParseTuple(arguments, "O!O!s#O", &PyTuple_Type, &fields, &PyList_Type, &pieces, &expected.stream, &size,
                          &version))
        return NULL;
    expected.stream_size = (size_t)size;
    if (expect_version(&expected, version)) return read_all(fields, pieces, &expected);
    return PyErr_Occurred() ? NULL : none();
}

PyDoc_STRVAR(BARE, "bare(fields, pieces)\n--\n\nLines that are records without a message around them, or None.");

static PyObject *bare(PyObject *module, PyObject *arguments) {
    PyObject *fields, *pieces;
    (void)module;
    if (!PyArg_ParseTuple(arguments, "O!O!", &PyTuple_Type, &fields, &PyList_Type, &pieces)) return NULL;
    return read_all(fields, pieces, NULL);
}

PyDoc_STRVAR(DEAL, "deal(data, at, number, streams, pass_states)\n--\n\n"
                   "RECORD lines from `at` on by stream, until a line is something else.");

static PyObject *deal(PyObject *module, PyObject *arguments) {
    PyObject *given, *streams, *made = NULL;
    Py_buffer data;
    Py_ssize_t at;
    long long number;
    int pass_states;
    (void)module;
    if (!PyArg_ParseTuple(arguments, "OnLO!p", &given, &at, &number, &PyList_Type, &streams, &pass_states)) return NULL;
    if (PyObject_GetBuffer(given, &data, PyBUF_SIMPLE) < 0) return NULL;
    const uint8_t *start = data.buf;
    const size_t size = (size_t)data.len;
    Reader memory = {0};
    Deal d = {.pass_states = pass_states, .number = number, .at = start + at, .end = start + size};
    const bool whole = at >= 0 && (size_t)at < size && start[size - 1] == '\n';
    if (!whole) PyErr_SetString(PyExc_ValueError, "not whole lines");
    if (whole && describe_piles(&d, streams)) {
        Py_BEGIN_ALLOW_THREADS
        deal_all(&memory, &d);
        Py_END_ALLOW_THREADS
        PyObject *piles = memory.exhausted ? PyErr_NoMemory() : dealt(&memory, &d, given, start, size);
        if (piles) made = Py_BuildValue("(nLNN)", d.at - start, (long long)d.number, piles, state_of(&d));
    }
    drop_piles(&d);
    PyBuffer_Release(&data);
    return made;
}

static PyMethodDef FUNCTIONS[] = {
    {"messages", messages, METH_VARARGS, MESSAGES},
    {"bare", bare, METH_VARARGS, BARE},
    {"deal", deal, METH_VARARGS, DEAL},
    {NULL, NULL, 0, NULL},
};

static PyModuleDef MODULE = {PyModuleDef_HEAD_INIT, .m_name = "_records", .m_size = 0, .m_methods = FUNCTIONS};

PyMODINIT_FUNC PyInit__records(void) { return PyModuleDef_Init(&MODULE); }
