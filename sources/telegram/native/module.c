/* The two innermost loops of reading a page as tdesktop writes it. See `sources/telegram/fast.py`. */
#include <Python.h>

PyObject *cut(PyObject *module, PyObject *page);
PyObject *told(PyObject *module, PyObject *lines);

PyDoc_STRVAR(cut_doc, "cut(page, /)\n--\n\n"
    "A page, in bytes, cut at its messages: what stands before each, then the groups of\n"
    "`layout.BLOCK`, each byte as a letter; at last what is left.");

PyDoc_STRVAR(told_doc, "told(lines, /)\n--\n\n"
    "The texts of lines of HTML, given with each byte of their UTF-8 as a letter; None when\n"
    "one of them is not as tdesktop writes it. Raises UnicodeDecodeError.");

static PyMethodDef methods[] = {
    {"cut", cut, METH_O, cut_doc},
    {"told", told, METH_O, told_doc},
    {NULL, NULL, 0, NULL},
};

/* What this was made from, so that nobody takes it for what another version says: `built.py`. */
static int exec(PyObject *module)
{
    return PyModule_AddIntConstant(module, "FINGERPRINT", FINGERPRINT);
}

static PyModuleDef_Slot slots[] = {{Py_mod_exec, exec}, {0, NULL}};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, "_native", NULL, 0, methods, slots, NULL, NULL, NULL,
};

PyMODINIT_FUNC PyInit__native(void)
{
    return PyModuleDef_Init(&definition);
}
