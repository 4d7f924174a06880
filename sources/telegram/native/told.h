#include <Python.h>

/* The text of a line of HTML whose bytes are the letters of a string: the string itself where
 * they say the same. NULL without an error where it cannot be told. Where the line holds links,
 * `links` becomes a list of them: href and onclick as they stand there, and the text. */
PyObject *told_line(PyObject *line, PyObject **links);
