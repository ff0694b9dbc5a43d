"""The views and macros of schema `main`, which analysts read; and the index of `search`.

There is a file for each area. Each view and each column has a COMMENT. `storage/core/views.py` has
the order of the files. It also fills in the constants that they share with the Python code, such as
`$likely`.
"""
