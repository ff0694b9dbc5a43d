"""When things happen: settings and commands, the steps of a run, and the Prefect flows.

cli            the command line: each command parses, calls one function and prints
pipeline       the steps of a run and of the other commands, without Prefect
orchestration  the Prefect flows, their server and their schedule
sample         the fictional newsroom that `copydesk demo` reads
settings       every setting with its meaning and its default
"""
