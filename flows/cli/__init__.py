"""The command line. Each command parses, calls one function and prints.

app        the program: help, list of commands, `settings`, errors as one sentence
run        run, demo, serve
ask        sql, story, status
explain    why, diff
articles   reclean, reindex, upkeep, export
extract    extract
feeds      feeds add, import, list, ...
evals      eval text, eval pairs
show       tables and sentences that several commands print
options    options that several commands take
"""
