/* Lines of HTML as tdesktop writes them, as text: what `inline` says as patterns, said as code.
 *
 * Entities' tags are taken off and must nest, references are resolved. A line with anything
 * else in it is not told, and no guess is made: the whole page then goes the other way.
 */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <string.h>
#include "told.h"

#define DEEPEST 32

typedef struct {
    const char *html; /* of a tag what stands between < and > */
    const char *text; /* of a tag the one that closes it */
    size_t length; /* of the first */
} Pair;

#define PAIR(html, text) {html, text, sizeof(html) - 1}

static const Pair REFERENCES[] = {
    PAIR("quot;", "\""), PAIR("apos;", "'"), PAIR("amp;", "&"), PAIR("lt;", "<"),
    PAIR("gt;", ">"), PAIR("laquo;", "\xc2\xab"), PAIR("raquo;", "\xc2\xbb"),
    PAIR("#x09;", "\t"), {NULL, NULL, 0},
};

static const Pair TAGS[] = {
    PAIR("strong", "/strong"), PAIR("em", "/em"), PAIR("u", "/u"), PAIR("s", "/s"),
    PAIR("code", "/code"), PAIR("pre", "/pre"), PAIR("blockquote", "/blockquote"),
    PAIR("span aria-hidden=\"true\"", "/span"), {NULL, NULL, 0},
};

typedef struct {
    const char *at;
    const char *end;
    const char *expected[DEEPEST]; /* tags that close what is open */
    int depth;
    int in_link; /* nothing but text may stand in one */
    const char *href[2], *onclick[2]; /* of the link: where it begins and ends */
    const char *link_text;
    PyObject *links; /* NULL before the first */
} Line;

static const Pair *found(const Pair *pairs, const char *at, Py_ssize_t length, int whole)
{
    for (; pairs->html != NULL; pairs++) {
        size_t expected = pairs->length;
        if ((whole ? expected == (size_t)length : expected <= (size_t)length)
            && memcmp(at, pairs->html, expected) == 0)
            return pairs;
    }
    return NULL;
}

static int begins(const char **at, const char *end, const char *expected)
{
    size_t length = strlen(expected);
    if ((size_t)(end - *at) < length || memcmp(*at, expected, length) != 0)
        return 0;
    *at += length;
    return 1;
}

/* To the quote that ends an attribute's value, and over it. */
static int value(const char **at, const char *end, const char *found[2])
{
    const char *quote = memchr(*at, '"', (size_t)(end - *at));
    if (quote == NULL || memchr(*at, '<', (size_t)(quote - *at)) != NULL)
        return 0;
    found[0] = *at;
    found[1] = quote;
    *at = quote + 1;
    return 1;
}

/* a href="..." with an onclick, maybe; custom emoji have spaces round the equals sign. */
static int is_link(Line *line, const char *at, const char *end)
{
    line->onclick[0] = line->onclick[1] = at;
    if (!begins(&at, end, "a href"))
        return 0;
    (void)begins(&at, end, " ");
    if (!begins(&at, end, "="))
        return 0;
    (void)begins(&at, end, " ");
    if (!begins(&at, end, "\"") || !value(&at, end, line->href))
        return 0;
    if (begins(&at, end, " onclick=\"") && !value(&at, end, line->onclick))
        return 0;
    return at == end;
}

static int is_spoiler(const char *at, const char *end)
{
    const char *ignored[2];
    return begins(&at, end, "span class=\"spoiler hidden\" onclick=\"") && value(&at, end, ignored)
        && at == end;
}

static int open_tag(Line *line, const char *closing)
{
    if (line->depth == DEEPEST || line->in_link)
        return 0;
    line->expected[line->depth++] = closing;
    return 1;
}

/* Whether these bytes are UTF-8; else an error is set. */
static int is_utf8(const char *from, const char *to)
{
    PyObject *text;
    while (from < to && ((unsigned char)*from & 0x80) == 0)
        from++;
    if (from == to)
        return 1;
    text = PyUnicode_DecodeUTF8(from, to - from, "strict");
    Py_XDECREF(text);
    return text != NULL;
}

/* Note the link that ends, whose text is written up to there. */
static int note_link(Line *line, const char *text_end)
{
    PyObject *link = Py_BuildValue(
        "(NNN)",
        PyUnicode_DecodeLatin1(line->href[0], line->href[1] - line->href[0], NULL),
        PyUnicode_DecodeLatin1(line->onclick[0], line->onclick[1] - line->onclick[0], NULL),
        PyUnicode_DecodeUTF8(line->link_text, text_end - line->link_text, "strict"));
    int failed;
    if (line->links == NULL)
        line->links = PyList_New(0);
    failed = link == NULL || line->links == NULL || PyList_Append(line->links, link) < 0;
    Py_XDECREF(link);
    return !failed;
}

/* A tag, behind its <; the text before it is written up to there. Gives what it stands for, none
 * when it should not be there. */
static const char *tag(Line *line, const char *text_end)
{
    const char *from = line->at;
    const char *to = memchr(from, '>', (size_t)(line->end - from));
    const Pair *known;
    if (to == NULL)
        return NULL;
    line->at = to + 1;
    if (to - from == 2 && memcmp(from, "br", 2) == 0)
        return "\n";
    if (line->depth > 0) {
        const char *expected = line->expected[line->depth - 1];
        if (strlen(expected) == (size_t)(to - from) && memcmp(from, expected, (size_t)(to - from)) == 0) {
            line->depth--;
            if (line->in_link && !note_link(line, text_end))
                return NULL;
            line->in_link = 0;
            return "";
        }
    }
    known = found(TAGS, from, to - from, 1);
    if (known != NULL)
        return open_tag(line, known->text) ? "" : NULL;
    if (is_link(line, from, to)) {
        if (!open_tag(line, "/a") || !is_utf8(from, to))
            return NULL;
        line->in_link = 1;
        line->link_text = text_end;
        return "";
    }
    return is_spoiler(from, to) && open_tag(line, "/span") && is_utf8(from, to) ? "" : NULL;
}

/* A reference, behind its ampersand. */
static const char *reference(Line *line)
{
    const Pair *known = found(REFERENCES, line->at, line->end - line->at, 0);
    if (known == NULL)
        return NULL;
    line->at += known->length;
    return known->text;
}

/* The text of a line; none without an error set when it cannot be told. No reference and no
 * tag is shorter than what it stands for, so the text needs no more room than the line. */
static PyObject *text_of(const char *from, const char *to, char *room, PyObject **links)
{
    Line line = {.at = from, .end = to};
    char *into = room;
    while (line.at < line.end) {
        const char *stop = line.at, *said;
        size_t length;
        while (stop < line.end && *stop != '<' && *stop != '&')
            stop++;
        memcpy(into, line.at, (size_t)(stop - line.at));
        into += stop - line.at;
        line.at = stop;
        if (stop == line.end)
            break;
        line.at++;
        said = *stop == '<' ? tag(&line, into) : reference(&line);
        if (said == NULL)
            goto failed;
        length = strlen(said);
        memcpy(into, said, length);
        into += length;
        if (line.at < line.end && ((unsigned char)*line.at & 0xc0) == 0x80)
            goto failed; /* it stands in the middle of a letter */
    }
    if (line.depth > 0)
        goto failed;
    *links = line.links;
    return PyUnicode_DecodeUTF8(room, into - room, "strict");
failed:
    Py_XDECREF(line.links);
    return NULL;
}

PyObject *told_line(PyObject *line, PyObject **links)
{
    const char *from;
    Py_ssize_t length;
    char *room;
    PyObject *text;
    *links = NULL;
    if (!PyUnicode_Check(line) || PyUnicode_KIND(line) != PyUnicode_1BYTE_KIND) {
        PyErr_SetString(PyExc_TypeError, "a line is a string of bytes as letters");
        return NULL;
    }
    from = (const char *)PyUnicode_1BYTE_DATA(line);
    length = PyUnicode_GET_LENGTH(line);
    if (memchr(from, '<', (size_t)length) == NULL && memchr(from, '&', (size_t)length) == NULL)
        return PyUnicode_IS_ASCII(line) ? Py_NewRef(line)
                                        : PyUnicode_DecodeUTF8(from, length, "strict");
    room = PyMem_Malloc((size_t)length);
    if (room == NULL)
        return PyErr_NoMemory();
    text = text_of(from, from + length, room, links);
    PyMem_Free(room);
    if (text == NULL)
        Py_CLEAR(*links);
    return text;
}
