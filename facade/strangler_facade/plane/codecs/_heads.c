/* The common shapes of HTTP/1.1 heads, read in one pass.
 *
 * Nothing is refused or repaired here. Whatever is not plainly well formed and usual (an error, HTTP/1.0, a nominated
 * field, a field given twice, an absolute target) goes to the Python function, which alone decides. So the two can
 * differ in one way only: this one accepting what that one would not, or reading it differently; the differential tests
 * in tests/facade/plane/codecs/test_accelerated.py look for exactly that.
 */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdint.h>
#include <string.h>

enum { KEEP, DROP, HOST, LENGTH, CODING, CONNECTION, COOKIE, EXTRA, NOTED };
enum { CHUNKED = -1, UNTIL_CLOSE = -2, UNSEEN = -9 };
#define LONGEST_NAME 32
#define MOST_SPECIAL 64

typedef struct { char name[LONGEST_NAME]; unsigned char length, kind; PyObject *key; } Special;
typedef struct { Special items[MOST_SPECIAL]; int count; unsigned char first[256]; } Table;
typedef struct { const char *name, *value, *end; Py_ssize_t name_length; const Special *special; } Field;

static Table request_table, response_table;
static PyTypeObject *request_type, *response_type;
static PyObject *slow_request, *slow_response, *no_extras, *get_bytes;
static Py_ssize_t longest_target, most_fields;

/* What a byte may be part of. */
enum { TOKEN = 1, VALUE = 2, TARGET = 4, NAME = 8 };
static unsigned char class_of[256];

static void classify(void)
{
    for (int c = 0; c < 256; c++) {
        unsigned char bits = 0;
        int letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'), digit = c >= '0' && c <= '9';
        if (letter || digit || (c && strchr("!#$%&'*+-.^`|~", c))) bits |= TOKEN; /* no "_": fields.py says why */
        if (c == '\t' || (c >= ' ' && c <= '~') || c >= 0x80) bits |= VALUE;
        if (c > ' ' && c <= '~') bits |= TARGET;
        if (letter || digit || (c && strchr("._~%!$&'()*+,;=-", c))) bits |= NAME;
        class_of[c] = bits;
    }
}

static int lower(int c) { return c >= 'A' && c <= 'Z' ? c + 32 : c; }

static const Special *find(const Table *table, const char *name, Py_ssize_t length)
{
    int first = lower((unsigned char)name[0]);
    if (length >= LONGEST_NAME || !table->first[first]) return NULL;
    for (int i = 0; i < table->count; i++) {
        const Special *item = &table->items[i];
        if (item->length != length || item->name[0] != first) continue;
        Py_ssize_t k = 1;
        while (k < length && lower((unsigned char)name[k]) == item->name[k]) k++;
        if (k == length) return item;
    }
    return NULL;
}

/* Whether eight bytes may all be part of a value, tabs left to the caller: none below 0x20, no 0x7f. */
static int plain_eight(const char *p)
{
    const uint64_t ones = 0x0101010101010101u, high = 0x8080808080808080u;
    uint64_t word, del;
    memcpy(&word, p, 8);
    del = word ^ (ones * 0x7f);
    return !((((word - ones * 0x20) & ~word) | ((del - ones) & ~del)) & high);
}

static const char *skip_value(const char *p, const char *end)
{
    for (;;) {
        while (end - p >= 8 && plain_eight(p)) p += 8;
        const char *stop = end - p >= 8 ? p + 8 : end;
        while (p < stop && (class_of[(unsigned char)*p] & VALUE)) p++;
        if (p < stop || p == end) return p;
    }
}

/* One field line from *at; leaves *at behind its CRLF (or at the end). 0: not plainly well formed. */
static int next_field(const Table *table, const char **at, const char *end, Field *field)
{
    const char *p = *at;
    field->name = p;
    while (p < end && (class_of[(unsigned char)*p] & TOKEN)) p++;
    field->name_length = p - field->name;
    if (p == end || *p != ':' || field->name_length == 0) return 0;
    p++;
    while (p < end && (*p == ' ' || *p == '\t')) p++;
    field->value = p;
    p = skip_value(p, end);
    const char *stop = p;
    if (p < end) {
        if (end - p < 2 || p[0] != '\r' || p[1] != '\n') return 0;
        p += 2;
    }
    *at = p;
    while (stop > field->value && (stop[-1] == ' ' || stop[-1] == '\t')) stop--;
    field->end = stop;
    field->special = find(table, field->name, field->name_length);
    return 1;
}

static int is(const Field *field, const char *text)
{
    size_t length = strlen(text);
    return (size_t)(field->end - field->value) == length && memcmp(field->value, text, length) == 0;
}

static int digits(const Field *field, long long *number)
{
    Py_ssize_t length = field->end - field->value;
    if (length < 1 || length > 18) return 0;
    long long value = 0;
    for (const char *p = field->value; p < field->end; p++) {
        if (*p < '0' || *p > '9') return 0;
        value = value * 10 + (*p - '0');
    }
    *number = value;
    return 1;
}

static int host_is_plain(const Field *field)
{
    const char *p = field->value;
    while (p < field->end && (class_of[(unsigned char)*p] & NAME)) p++;
    if (p == field->end) return 1;
    if (*p != ':') return 0;
    for (p++; p < field->end; p++)
        if (*p < '0' || *p > '9') return 0;
    return 1;
}

/* The lines that are forwarded, gathered as runs of the original bytes. */
typedef struct { PyObject *bytes; char *to; const char *run; } Kept;

static int kept_begin(Kept *kept, const char *from, const char *end)
{
    kept->bytes = PyBytes_FromStringAndSize(NULL, end - from + 2);
    if (kept->bytes == NULL) return 0;
    kept->to = PyBytes_AS_STRING(kept->bytes);
    kept->run = from;
    return 1;
}

static void kept_skip(Kept *kept, const char *line, const char *after)
{
    memcpy(kept->to, kept->run, line - kept->run);
    kept->to += line - kept->run;
    kept->run = after;
}

static int kept_finish(Kept *kept, const char *end, int last_dropped)
{
    kept_skip(kept, end, end);
    char *begin = PyBytes_AS_STRING(kept->bytes);
    if (!last_dropped && kept->to > begin) { *kept->to++ = '\r'; *kept->to++ = '\n'; }
    return _PyBytes_Resize(&kept->bytes, kept->to - begin) == 0;
}

static PyObject *slow(PyObject *function, PyObject *data) { return PyObject_CallOneArg(function, data); }

/* The head that ends at ``end``, and where in ``data`` what follows it begins. */
static PyObject *with_end(PyObject *head, PyObject *data, const char *end)
{
    if (head == NULL) return NULL;
    PyObject *place = PyLong_FromSsize_t(end + 4 - PyBytes_AS_STRING(data)), *pair = place ? PyTuple_New(2) : NULL;
    if (pair == NULL) {
        Py_DECREF(head);
        Py_XDECREF(place);
        return NULL;
    }
    PyTuple_SET_ITEM(pair, 0, head);
    PyTuple_SET_ITEM(pair, 1, place);
    return pair;
}

/* Where the head in ``data`` ends, NULL if it is not whole. A look at each LF is several times cheaper than memmem. */
static const char *end_of_head(PyObject *data)
{
    const char *from = PyBytes_AS_STRING(data), *end = from + PyBytes_GET_SIZE(data), *p = from;
    while (p < end && (p = memchr(p, '\n', end - p)) != NULL) {
        if (p > from && p[-1] == '\r' && end - p >= 3 && p[1] == '\r' && p[2] == '\n') return p - 1;
        p++;
    }
    return NULL;
}

static PyObject *span(const char *from, const char *to) { return PyBytes_FromStringAndSize(from, to - from); }

typedef struct { PyObject *host, *cookie, *extras; long long length; int keep; } Read;

static void forget(Read *read) { Py_CLEAR(read->host); Py_CLEAR(read->cookie); Py_CLEAR(read->extras); }

/* 1: kept, 2: dropped, 0: not usual, -1: error. */
static int take_request(const Field *field, Read *read)
{
    long long number;
    switch (field->special->kind) {
    case DROP: return 2;
    case HOST:
        if (read->host || !host_is_plain(field)) return 0;
        return (read->host = span(field->value, field->end)) ? 2 : -1;
    case COOKIE:
        if (read->cookie) return 0;
        return (read->cookie = span(field->value, field->end)) ? 1 : -1;
    case CONNECTION:
        if (is(field, "close")) read->keep = 0;
        else if (!is(field, "keep-alive")) return 0;
        return 2;
    case LENGTH:
        if (read->length != UNSEEN || !digits(field, &number)) return 0;
        read->length = number;
        return 1;
    case CODING:
        if (read->length != UNSEEN || !is(field, "chunked")) return 0;
        read->length = CHUNKED;
        return 1;
    case EXTRA: case NOTED: {
        if (read->extras == NULL && (read->extras = PyDict_New()) == NULL) return -1;
        if (PyDict_Contains(read->extras, field->special->key)) return 0;
        PyObject *value = span(field->value, field->end);
        if (value == NULL) return -1;
        int failed = PyDict_SetItem(read->extras, field->special->key, value);
        Py_DECREF(value);
        if (failed) return -1;
        return field->special->kind == EXTRA ? 2 : 1;
    }
    }
    return 0;
}

static int take_response(const Field *field, Read *read)
{
    long long number;
    switch (field->special->kind) {
    case DROP: return 2;
    case CONNECTION:
        if (is(field, "close")) read->keep = 0;
        else if (is(field, "keep-alive")) read->keep = 1;
        else return 0;
        return 2;
    case LENGTH:
        if (read->length != UNSEEN || !digits(field, &number)) return 0;
        read->length = number;
        return 1;
    case CODING:
        if (read->length != UNSEEN || !is(field, "chunked")) return 0;
        read->length = CHUNKED;
        return 1;
    }
    return 0;
}

/* The fields from ``at``: 1 all read, 0 not usual, -1 error. */
static int fields(const Table *table, int (*take)(const Field *, Read *), const char *at, const char *end, Read *read,
                  Kept *kept)
{
    Field field;
    Py_ssize_t count = 1;
    int dropped = 1;
    if (!kept_begin(kept, at, end)) return -1;
    while (at < end) {
        const char *line = at;
        if (++count > most_fields || !next_field(table, &at, end, &field)) return 0;
        dropped = 0;
        if (field.special != NULL) {
            int taken = take(&field, read);
            if (taken <= 0) return taken;
            if (taken == 2) { kept_skip(kept, line, at); dropped = 1; }
        }
        if (at == end && at[-1] == '\n') return 0; /* an empty line inside the block */
    }
    return kept_finish(kept, end, dropped) ? 1 : -1;
}

static PyObject *tuple_of(PyTypeObject *type, PyObject **items, Py_ssize_t count)
{
    for (Py_ssize_t i = 0; i < count; i++)
        if (items[i] == NULL) goto failed;
    PyObject *made = type->tp_alloc(type, count);
    if (made == NULL) goto failed;
    for (Py_ssize_t i = 0; i < count; i++) PyTuple_SET_ITEM(made, i, items[i]);
    return made;
failed:
    for (Py_ssize_t i = 0; i < count; i++) Py_XDECREF(items[i]);
    return NULL;
}

static PyObject *next_request(PyObject *self, PyObject *data)
{
    if (!PyBytes_CheckExact(data) || request_type == NULL) {
        PyErr_SetString(PyExc_TypeError, "a head is bytes, and use() comes first");
        return NULL;
    }
    const char *from = PyBytes_AS_STRING(data), *end = end_of_head(data), *p = from;
    if (end == NULL) return slow(slow_request, data);
    while (p < end && (class_of[(unsigned char)*p] & TOKEN)) p++;
    const char *method_end = p;
    if (p == from || p - from > 32 || p == end || *p != ' ' || ++p == end || *p != '/') return slow(slow_request, data);
    const char *target = p;
    while (p < end && (class_of[(unsigned char)*p] & TARGET)) p++;
    const char *target_end = p;
    if (end - p < 11 || memcmp(p, " HTTP/1.1\r\n", 11) != 0 || p + 9 - from > longest_target)
        return slow(slow_request, data);
    p += 11;

    Read read = {NULL, NULL, NULL, UNSEEN, 1};
    Kept kept = {NULL, NULL, NULL};
    int found = fields(&request_table, take_request, p, end, &read, &kept);
    if (found == 1 && read.host == NULL) found = 0;
    if (found != 1) {
        forget(&read);
        Py_XDECREF(kept.bytes);
        return found == 0 ? slow(slow_request, data) : NULL;
    }
    PyObject *method = method_end - from == 3 && memcmp(from, "GET", 3) == 0 ? Py_NewRef(get_bytes) : span(from, method_end);
    PyObject *items[] = {
        method, span(target, target_end), PyLong_FromLong(1), read.host,
        PyLong_FromLongLong(read.length == UNSEEN ? 0 : read.length), PyBool_FromLong(read.keep), kept.bytes,
        read.cookie ? read.cookie : PyBytes_FromStringAndSize(NULL, 0), read.extras ? read.extras : Py_NewRef(no_extras),
    };
    return with_end(tuple_of(request_type, items, 9), data, end);
}

static PyObject *next_response(PyObject *self, PyObject *data)
{
    if (!PyBytes_CheckExact(data) || response_type == NULL) {
        PyErr_SetString(PyExc_TypeError, "a head is bytes, and use() comes first");
        return NULL;
    }
    const char *from = PyBytes_AS_STRING(data), *end = end_of_head(data), *p = from + 12;
    if (end == NULL || end - from < 14 || memcmp(from, "HTTP/1.1 ", 9) != 0 || from[9] < '1' || from[9] > '9' || from[10] < '0' ||
        from[10] > '9' || from[11] < '0' || from[11] > '9')
        return slow(slow_response, data);
    long status = (from[9] - '0') * 100 + (from[10] - '0') * 10 + (from[11] - '0');
    if (*p == ' ') while (p < end && (class_of[(unsigned char)*p] & VALUE)) p++;
    const char *phrase_end = p;
    if (end - p < 3 || p[0] != '\r' || p[1] != '\n') return slow(slow_response, data);
    p += 2;

    Read read = {NULL, NULL, NULL, UNSEEN, 1};
    Kept kept = {NULL, NULL, NULL};
    int found = fields(&response_table, take_response, p, end, &read, &kept);
    if (found != 1) {
        forget(&read);
        Py_XDECREF(kept.bytes);
        return found == 0 ? slow(slow_response, data) : NULL;
    }
    PyObject *items[] = {
        PyLong_FromLong(1), PyLong_FromLong(status), span(from + 9, phrase_end),
        PyLong_FromLongLong(read.length == UNSEEN ? UNTIL_CLOSE : read.length), PyBool_FromLong(read.keep), kept.bytes,
        Py_NewRef(no_extras),
    };
    return with_end(tuple_of(response_type, items, 7), data, end);
}

static int fill(Table *table, PyObject *kinds)
{
    PyObject *key, *value;
    Py_ssize_t position = 0;
    memset(table, 0, sizeof *table);
    while (PyDict_Next(kinds, &position, &key, &value)) {
        if (!PyBytes_Check(key) || PyBytes_GET_SIZE(key) >= LONGEST_NAME || table->count == MOST_SPECIAL) {
            PyErr_SetString(PyExc_ValueError, "a field's name is too long, or there are too many");
            return 0;
        }
        Special *item = &table->items[table->count++];
        item->length = (unsigned char)PyBytes_GET_SIZE(key);
        memcpy(item->name, PyBytes_AS_STRING(key), item->length);
        item->kind = (unsigned char)PyLong_AsLong(value);
        item->key = Py_NewRef(key);
        table->first[(unsigned char)item->name[0]] = 1;
    }
    return !PyErr_Occurred();
}

static PyObject *use(PyObject *self, PyObject *args)
{
    PyObject *request_kinds, *response_kinds, *a, *b;
    if (!PyArg_ParseTuple(args, "O!O!O!O!OOO!nn", &PyDict_Type, &request_kinds, &PyDict_Type, &response_kinds,
                          &PyType_Type, &a, &PyType_Type, &b, &slow_request, &slow_response, &PyDict_Type, &no_extras,
                          &longest_target, &most_fields))
        return NULL;
    if (!PyType_IsSubtype((PyTypeObject *)a, &PyTuple_Type) || !PyType_IsSubtype((PyTypeObject *)b, &PyTuple_Type)) {
        PyErr_SetString(PyExc_TypeError, "heads are tuples");
        return NULL;
    }
    Py_INCREF(slow_request); Py_INCREF(slow_response); Py_INCREF(no_extras);
    if (!fill(&request_table, request_kinds) || !fill(&response_table, response_kinds)) return NULL;
    request_type = (PyTypeObject *)Py_NewRef(a);
    response_type = (PyTypeObject *)Py_NewRef(b);
    Py_RETURN_NONE;
}

static PyMethodDef methods[] = {
    {"use", use, METH_VARARGS, "Take over the kinds of fields, the types of heads, the functions for all that is unusual."},
    {"next_request", next_request, METH_O, "heads.next_request"},
    {"next_response", next_response, METH_O, "heads.next_response"},
    {NULL, NULL, 0, NULL},
};
static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "_heads", NULL, -1, methods, NULL, NULL, NULL, NULL};

PyMODINIT_FUNC PyInit__heads(void)
{
    classify();
    get_bytes = PyBytes_FromString("GET");
    return get_bytes ? PyModule_Create(&module) : NULL;
}
