/* A page of messages cut into pieces: what `layout.BLOCK` says as a pattern, said as code.
 *
 * The same pieces, several times as fast; where this is not built, the pattern is used.
 * As in the pattern, an optional part that begins must end as well: nothing else could
 * stand there, so no step is ever taken back. Nothing behind `end` is looked at. Texts are
 * told in passing.
 */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <string.h>
#include "told.h"

#define START "\n     <div class=\"message "
#define END "\n     </div>\n"
#define EMPTY_LINE "\n          "
#define LONGEST_NAME 1024
#define LONGEST_LABEL 32
#define LONGEST_DATE 64
#define UNBOUNDED PY_SSIZE_T_MAX

/* In the order of the pattern's groups. */
enum {
    JOINED, NUMBER, HOUR, WITHIN, LABEL, NAME, FORWARDED, REPLY, ELSEWHERE, MEDIA, TEXT, BUTTONS,
    SIGNATURE, REACTIONS, EVENT_NUMBER, EVENT, GROUPS
};

typedef struct {
    const char *from; /* NULL where the block has no such thing */
    const char *to;
} Span;

typedef struct {
    const char *at;
    const char *end;
    Span found[GROUPS];
} Block;

typedef struct {
    Span span;
    PyObject *piece; /* NULL before the first */
} Last;

/* The functions below step over what they name and say whether it stood there. */

static inline int literal(Block *block, const char *expected, size_t length)
{
    if ((size_t)(block->end - block->at) < length || memcmp(block->at, expected, length) != 0)
        return 0;
    block->at += length;
    return 1;
}

#define IS(expected) literal(block, expected, sizeof(expected) - 1)
#define MUST(step) do { if (!(step)) return 0; } while (0)

/* A tag on a line of its own, behind an empty line; without effect where it does not stand. Its
 * second letter is looked at first: most tags that do not stand there differ in that. */
static int tag_of(Block *block, size_t indent, const char *expected, size_t length)
{
    const char *at = block->at, *opens = at + 1 + indent;
    if ((size_t)(block->end - at) < 1 + indent + length || opens[1] != expected[1]
        || memcmp(at, EMPTY_LINE, 1 + indent) != 0 || memcmp(opens, expected, length) != 0)
        return 0;
    block->at = opens + length;
    return 1;
}

/* Of a literal, whose length need not be counted each time. */
#define tag(block, indent, expected) tag_of(block, indent, expected, sizeof(expected) - 1)

static int digits(Block *block, Py_ssize_t least, Py_ssize_t most)
{
    const char *from = block->at;
    while (block->at < block->end && block->at - from < most && *block->at >= '0' && *block->at <= '9')
        block->at++;
    return block->at - from >= least;
}

static int number(Block *block, Span *found)
{
    found->from = block->at;
    (void)IS("-");
    MUST(block->at == block->end || *block->at != '0');
    MUST(digits(block, 1, 18));
    found->to = block->at;
    return 1;
}

static int line(Block *block, Span *found)
{
    const char *newline = memchr(block->at, '\n', (size_t)(block->end - block->at));
    MUST(newline != NULL);
    found->from = block->at;
    found->to = block->at = newline;
    return 1;
}

/* At most so many bytes that are none of the four; always stands there. */
static int until(Block *block, const char stops[4], Py_ssize_t most, Span *found)
{
    found->from = block->at;
    for (; block->at < block->end && block->at - found->from < most; block->at++) {
        char byte = *block->at;
        if (byte == stops[0] || byte == stops[1] || byte == stops[2] || byte == stops[3])
            break;
    }
    found->to = block->at;
    return 1;
}

/* Optional: whatever stands in an element, but not beyond the next message. */
static int within(
    Block *block, size_t indent, const char *opening, const char *closing, Span *found)
{
    size_t length = strlen(closing);
    if (!tag_of(block, indent, opening, strlen(opening)))
        return 1;
    found->from = block->at;
    for (;;) {
        const char *start = block->at, *newline;
        if (literal(block, EMPTY_LINE + 1, indent) && literal(block, closing, length)) {
            found->to = start;
            return 1;
        }
        block->at = start;
        MUST(!literal(block, START + 1, sizeof(START) - 2));
        newline = memchr(start, '\n', (size_t)(block->end - start));
        MUST(newline != NULL);
        block->at = newline + 1;
    }
}

/* Optional. */
static int userpic(Block *block, size_t indent, const char *opening)
{
    Span ignored;
    if (!tag_of(block, indent, opening, strlen(opening)))
        return 1;
    return tag(block, indent + 1, "<div class=\"userpic userpic") && digits(block, 1, UNBOUNDED)
        && IS("\" style=\"width: 42px; height: 42px\">\n")
        && tag(block, indent + 2, "<div class=\"initials\" style=\"line-height: 42px\">\n")
        && until(block, "\n<\n<", UNBOUNDED, &ignored) && tag(block, indent + 2, "</div>\n")
        && tag(block, indent + 1, "</div>\n") && tag(block, indent, "</div>\n");
}

static int date(Block *block)
{
    Span ignored;
    Span *hour = &block->found[HOUR], *within_hour = &block->found[WITHIN];
    MUST(tag(block, 7, "<div class=\"pull_right date details\" title=\""));
    until(block, "\"\n\"\n", 13, hour);
    MUST(hour->to - hour->from == 13);
    within_hour->from = block->at;
    for (int half = 0; half < 2; half++) {
        MUST(IS(":"));
        MUST(block->at < block->end && *block->at >= '0' && *block->at <= '5');
        MUST(digits(block, 2, 2));
    }
    within_hour->to = block->at;
    until(block, "\"<>&", LONGEST_LABEL, &block->found[LABEL]);
    MUST(memchr(block->found[LABEL].from, '\n', (size_t)(block->at - block->found[LABEL].from)) == NULL);
    return IS("\">\n") && until(block, "\n<\n<", UNBOUNDED, &ignored) && tag(block, 7, "</div>\n");
}

/* Optional. */
static int name(Block *block)
{
    if (!tag(block, 7, "<div class=\"from_name\">\n"))
        return 1;
    return until(block, "\n<\n<", LONGEST_NAME, &block->found[NAME]) && tag(block, 7, "</div>\n");
}

/* Optional: the beginning of a forwarded body, and who wrote it first, also optional. */
static int forwarded(Block *block)
{
    Span ignored, *found = &block->found[FORWARDED];
    const char *before = block->at;
    MUST(userpic(block, 7, "<div class=\"pull_left forwarded userpic_wrap\">\n"));
    if (!tag(block, 7, "<div class=\"forwarded body\">\n"))
        return block->at == before;
    found->from = block->at;
    if (tag(block, 8, "<div class=\"from_name\">\n")) {
        until(block, "\n<\n<", LONGEST_NAME, &ignored);
        MUST(IS("<span class=\""));
        (void)IS("date ");
        MUST(IS("details\""));
        if (IS(" title=\"")) {
            until(block, "\"<>&", LONGEST_DATE, &ignored);
            MUST(IS("\""));
        }
        MUST(IS(">"));
        until(block, "\n<\n<", UNBOUNDED, &ignored);
        MUST(IS("</span>"));
        MUST(tag(block, 8, "</div>\n"));
    }
    found->to = block->at;
    return 1;
}

/* Optional. */
static int reply(Block *block, size_t indent)
{
    if (!tag(block, indent, "<div class=\"reply_to details\">\n"))
        return 1;
    MUST(IS("In reply to "));
    if (IS("<a href=\"")) {
        if (IS("messages"))
            MUST(digits(block, 0, UNBOUNDED) && IS(".html"));
        MUST(IS("#go_to_message") && number(block, &block->found[REPLY]) && IS("\""));
        if (IS(" onclick=\"return GoToMessage(")) {
            (void)IS("-");
            MUST(digits(block, 1, UNBOUNDED) && IS(")\""));
        }
        MUST(IS(">this message</a>"));
    } else {
        MUST(IS("a message in another chat"));
        block->found[ELSEWHERE].from = block->found[ELSEWHERE].to = block->at;
    }
    return tag(block, indent, "</div>\n");
}

/* Buttons, signature, the end of a forwarded body, reactions: each optional. */
static int below(Block *block, size_t indent)
{
    Span *signature = &block->found[SIGNATURE];
    MUST(within(block, indent, "<table class=\"bot_buttons_table\">\n", "</table>\n",
                &block->found[BUTTONS]));
    if (tag(block, indent, "<div class=\"signature details\">\n"))
        MUST(until(block, "\n<\n<", UNBOUNDED, signature) && tag(block, indent, "</div>\n"));
    if (indent > 7)
        MUST(tag(block, 7, "</div>\n"));
    return within(block, 7, "<span class=\"reactions\">\n", "</span>\n", &block->found[REACTIONS]);
}

static int regular(Block *block)
{
    size_t indent;
    const char *from = block->at;
    if (IS(" joined"))
        block->found[JOINED] = (Span){from, block->at};
    MUST(IS("\" id=\"message") && number(block, &block->found[NUMBER]) && IS("\">\n"));
    MUST(userpic(block, 6, "<div class=\"pull_left userpic_wrap\">\n"));
    MUST(tag(block, 6, "<div class=\"body\">\n"));
    MUST(date(block) && name(block) && forwarded(block));
    indent = block->found[FORWARDED].from == NULL ? 7 : 8;
    MUST(reply(block, indent));
    MUST(within(block, indent, "<div class=\"media_wrap clearfix\">\n", "</div>\n", &block->found[MEDIA]));
    if (tag(block, indent, "<div class=\"text\">\n"))
        MUST(line(block, &block->found[TEXT]) && tag(block, indent, "</div>\n"));
    return below(block, indent) && tag(block, 6, "</div>\n");
}

static int service(Block *block)
{
    MUST(IS("\" id=\"message") && number(block, &block->found[EVENT_NUMBER]) && IS("\">\n"));
    MUST(tag(block, 6, "<div class=\"body details\">\n"));
    return line(block, &block->found[EVENT]) && tag(block, 6, "</div>\n");
}

static int message(Block *block)
{
    memset(block->found, 0, sizeof block->found);
    MUST(IS(START));
    MUST(IS("default clearfix") ? regular(block) : IS("service") && service(block));
    return IS(END);
}

static const char *next_start(const char *at, const char *end)
{
    const size_t length = sizeof(START) - 1;
    while ((at = memchr(at, '\n', (size_t)(end - at))) != NULL) {
        if ((size_t)(end - at) < length)
            return NULL;
        if (memcmp(at, START, length) == 0)
            return at;
        at++;
    }
    return NULL;
}

/* One byte, one letter; None for a span that is not there. What says the same as in the block
 * before (an hour, a name) is the same object, which is quick to make and to compare: `last`
 * points to a borrowed reference to it, and to what it was made of. */
static int append(PyObject *pieces, Span span, Last *last)
{
    PyObject *piece;
    Py_ssize_t length = span.to - span.from;
    int failed;
    if (span.from == NULL)
        return PyList_Append(pieces, Py_None);
    if (last->piece != NULL && length == last->span.to - last->span.from
        && memcmp(span.from, last->span.from, (size_t)length) == 0)
        return PyList_Append(pieces, last->piece);
    piece = PyUnicode_DecodeLatin1(span.from, length, NULL);
    if (piece == NULL)
        return -1;
    failed = PyList_Append(pieces, piece);
    Py_DECREF(piece);
    *last = (Last){span, piece};
    return failed;
}

static int note(PyObject *places, Py_ssize_t place)
{
    PyObject *number = PyLong_FromSsize_t(place);
    int failed = number == NULL ? -1 : PyList_Append(places, number);
    Py_XDECREF(number);
    return failed;
}

/* The text of the block whose groups were appended last, and its links if it is no event; no
 * more of them once one cannot be told. */
static int tell(PyObject *pieces, Block *block, PyObject **texts, PyObject *linked)
{
    PyObject *text, *place, *links = NULL;
    Py_ssize_t back = GROUPS - (block->found[EVENT].from == NULL ? TEXT : EVENT);
    PyObject *line = PyList_GET_ITEM(pieces, PyList_GET_SIZE(pieces) - back);
    int failed;
    if (*texts == NULL)
        return 0;
    text = line == Py_None ? PyUnicode_New(0, 0) : told_line(line, &links);
    if (text == NULL) {
        Py_CLEAR(*texts);
        return PyErr_Occurred() ? -1 : 0;
    }
    failed = PyList_Append(*texts, text);
    Py_DECREF(text);
    if (failed == 0 && links != NULL && block->found[TEXT].from != NULL) {
        place = PyLong_FromSsize_t(PyList_GET_SIZE(*texts) - 1);
        failed = place == NULL ? -1 : PyDict_SetItem(linked, place, links);
        Py_XDECREF(place);
    }
    Py_XDECREF(links);
    return failed;
}

PyObject *cut(PyObject *module, PyObject *arguments)
{
    Block block;
    Last last[GROUPS + 1] = {0};
    const char *at, *start;
    PyObject *page, *pieces, *texts, *linked, *rich;
    Py_ssize_t from, to, place = 0;
    (void)module;
    if (!PyArg_ParseTuple(arguments, "Snn:cut", &page, &from, &to))
        return NULL;
    if (from < 0 || from > to || to > PyBytes_GET_SIZE(page)) {
        PyErr_SetString(PyExc_ValueError, "not within the page");
        return NULL;
    }
    pieces = PyList_New(0);
    texts = PyList_New(0);
    linked = PyDict_New();
    rich = PyList_New(0);
    if (pieces == NULL || texts == NULL || linked == NULL || rich == NULL)
        goto failed;
    at = start = PyBytes_AS_STRING(page) + from;
    block.end = PyBytes_AS_STRING(page) + to;
    while ((start = next_start(start, block.end)) != NULL) {
        block.at = start;
        if (!message(&block)) {
            start++;
            continue;
        }
        if (append(pieces, (Span){at, start}, &last[GROUPS]) < 0)
            goto failed;
        for (int group = 0; group < GROUPS; group++)
            if (append(pieces, block.found[group], &last[group]) < 0)
                goto failed;
        if (tell(pieces, &block, &texts, linked) < 0)
            goto failed;
        if ((block.found[MEDIA].from != NULL || block.found[BUTTONS].from != NULL
             || block.found[REACTIONS].from != NULL) && note(rich, place) < 0)
            goto failed;
        place++;
        at = start = block.at;
    }
    if (append(pieces, (Span){at, block.end}, &last[GROUPS]) < 0)
        goto failed;
    if (texts == NULL)
        texts = Py_NewRef(Py_None);
    return Py_BuildValue("(NNNN)", pieces, texts, linked, rich);
failed:
    Py_XDECREF(pieces);
    Py_XDECREF(texts);
    Py_XDECREF(linked);
    Py_XDECREF(rich);
    return NULL;
}
