#include <Python.h>

/* The text of a line of HTML whose bytes are the letters of a string: the string itself where
 * they say the same. NULL without an error where it cannot be told. `links` is told whether
 * the line holds any. */
PyObject *told_line(PyObject *line, int *links);
