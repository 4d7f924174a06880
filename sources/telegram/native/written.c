/* Start tags of messages as tdesktop writes them, counted: what `count._WRITTEN` finds, said as
 * code. Shares nothing with the code that cuts a page, which is measured against it.
 */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <string.h>

#define QUOTED "\"message"
#define BEFORE "<div class="
#define BETWEEN "\" id=\"message"
#define BLOCK 64

static int stands(const char *at, const char *end, const char *expected)
{
    size_t length = strlen(expected);
    return (size_t)(end - at) >= length && memcmp(at, expected, length) == 0;
}

/* Behind the tag whose value begins at `at`, up to the first digit of the id; none when it is in
 * another spelling. */
static const char *tag(const char *start, const char *at, const char *end)
{
    const size_t before = sizeof(BEFORE) - 1;
    if ((size_t)(at - start) < before || memcmp(at - before, BEFORE, before) != 0)
        return NULL;
    at += sizeof(QUOTED) - 1;
    if (at == end || *at != ' ')
        return NULL;
    for (at++; at < end && (*at == ' ' || (*at >= 'a' && *at <= 'z')); at++)
        ;
    if (!stands(at, end, BETWEEN))
        return NULL;
    at += sizeof(BETWEEN) - 1;
    if (at < end && *at == '-')
        at++;
    return at < end && *at >= '0' && *at <= '9' ? at + 1 : NULL;
}

/* The next quote before an m. Of whole blocks a compiler makes a few steps; looking at each quote of
 * a page would take half as long again. */
static const char *next(const char *at, const char *end)
{
    for (; end - at > BLOCK; at += BLOCK) {
        unsigned char met = 0;
        for (int n = 0; n < BLOCK; n++)
            met |= (at[n] == QUOTED[0]) & (at[n + 1] == QUOTED[1]);
        if (met)
            break;
    }
    for (; end - at > 1; at++)
        if (at[0] == QUOTED[0] && at[1] == QUOTED[1])
            return at;
    return NULL;
}

PyObject *written(PyObject *module, PyObject *page)
{
    const char *start, *at, *end;
    Py_ssize_t count = 0;
    (void)module;
    if (!PyBytes_Check(page)) {
        PyErr_SetString(PyExc_TypeError, "a page is bytes");
        return NULL;
    }
    at = start = PyBytes_AS_STRING(page);
    end = start + PyBytes_GET_SIZE(page);
    while ((at = next(at, end)) != NULL) {
        if (!stands(at, end, QUOTED) || stands(at + sizeof(QUOTED) - 1, end, "s")) {
            at++;
            continue;
        }
        at = tag(start, at, end);
        if (at == NULL)
            Py_RETURN_NONE;
        count++;
    }
    return PyLong_FromSsize_t(count);
}
