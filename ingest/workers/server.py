"""Imported first by the process that workers are forked from: it prepares that process."""

import os
from multiprocessing import spawn

import ingest.workers.pool  # noqa: F401  what a worker runs

# threads do not survive a fork, and nothing here multiplies matrices
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
# a worker runs nothing of the main module, and importing that again takes a command line half a
# second at every start; multiprocessing has no public way to say so
spawn._fixup_main_from_name = spawn._fixup_main_from_path = lambda _: None  # type: ignore[attr-defined]
