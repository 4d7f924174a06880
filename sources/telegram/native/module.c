/* The innermost loops of reading a page as tdesktop writes it. See `sources/telegram/fast.py`. */
#include "told.h"

PyObject *cut(PyObject *module, PyObject *arguments);
PyObject *written(PyObject *module, PyObject *page);

PyDoc_STRVAR(cut_doc, "cut(page, start, end, /)\n--\n\n"
    "A page, in bytes, cut at its messages between two places: what stands before each, then\n"
    "the groups of `layout.BLOCK`, each byte as a letter; at last what is left. The texts of\n"
    "all messages, or None when one is not as tdesktop writes it: see `told`. The links of\n"
    "those that hold any, by place, events left out. And the places of messages with media,\n"
    "buttons or reactions. Raises UnicodeDecodeError.");

static PyObject *told(PyObject *module, PyObject *line)
{
    PyObject *links, *text = told_line(line, &links);
    (void)module;
    if (text == NULL)
        return PyErr_Occurred() ? NULL : Py_NewRef(Py_None);
    return links == NULL ? Py_BuildValue("(N[])", text) : Py_BuildValue("(NN)", text, links);
}

PyDoc_STRVAR(told_doc, "told(line, /)\n--\n\n"
    "The text of a line of HTML, given with each byte of its UTF-8 as a letter, and its links:\n"
    "href and onclick as they stand there, and the text. None when the line is not as tdesktop\n"
    "writes it. Raises UnicodeDecodeError.");

PyDoc_STRVAR(written_doc, "written(page, /)\n--\n\n"
    "How many start tags of messages a page holds as tdesktop writes them; None when something\n"
    "in it only begins like one.");

static PyMethodDef methods[] = {
    {"cut", cut, METH_VARARGS, cut_doc},
    {"told", told, METH_O, told_doc},
    {"written", written, METH_O, written_doc},
    {NULL, NULL, 0, NULL},
};

static PyModuleDef_Slot slots[] = {{0, NULL}};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, "_native", NULL, 0, methods, slots, NULL, NULL, NULL,
};

PyMODINIT_FUNC PyInit__native(void)
{
    return PyModuleDef_Init(&definition);
}
