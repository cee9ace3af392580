/* Records of one stream from JSON to Arrow's buffers: exactly, or not at all. */

#include "columns.h"
#include "envelope.h"

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
        made = Py_NewRef(Py_None);
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
    expected.has_version = version != Py_None;
    if (expected.has_version) expected.version = PyLong_AsLongLong(version);
    if (PyErr_Occurred() && PyErr_ExceptionMatches(PyExc_OverflowError)) {
        PyErr_Clear();
        return Py_NewRef(Py_None);
    }
    return PyErr_Occurred() ? NULL : read_all(fields, pieces, &expected);
}

PyDoc_STRVAR(BARE, "bare(fields, pieces)\n--\n\nLines that are records without a message around them, or None.");

static PyObject *bare(PyObject *module, PyObject *arguments) {
    PyObject *fields, *pieces;
    (void)module;
    if (!PyArg_ParseTuple(arguments, "O!O!", &PyTuple_Type, &fields, &PyList_Type, &pieces)) return NULL;
    return read_all(fields, pieces, NULL);
}

PyDoc_STRVAR(RUN, "run(data, at, start)\n--\n\n"
                  "Where the lines end that follow one another from `at` on and begin with `start`, and how many.");

static PyObject *run(PyObject *module, PyObject *arguments) {
    Py_buffer data, start;
    Py_ssize_t at, lines = 0;
    (void)module;
    if (!PyArg_ParseTuple(arguments, "y*ny*", &data, &at, &start)) return NULL;
    const char *bytes = data.buf;
    while (at >= 0 && data.len - at >= start.len && memcmp(bytes + at, start.buf, (size_t)start.len) == 0) {
        const char *newline = memchr(bytes + at, '\n', (size_t)(data.len - at));
        if (!newline) break;
        at = newline - bytes + 1;
        lines++;
    }
    PyBuffer_Release(&data);
    PyBuffer_Release(&start);
    return Py_BuildValue("(nn)", at, lines);
}

static PyMethodDef FUNCTIONS[] = {
    {"messages", messages, METH_VARARGS, MESSAGES},
    {"bare", bare, METH_VARARGS, BARE},
    {"run", run, METH_VARARGS, RUN},
    {NULL, NULL, 0, NULL},
};

static PyModuleDef MODULE = {PyModuleDef_HEAD_INIT, .m_name = "_records", .m_size = 0, .m_methods = FUNCTIONS};

PyMODINIT_FUNC PyInit__records(void) { return PyModuleDef_Init(&MODULE); }
