"""What analysts see: views and macros in schema `main`, an area a file; and the index of `search`.

Each view and each column has a COMMENT. `storage/core/views.py` states the order of the files, and
fills in the constants that they share with the Python code, such as `$likely`.
"""
