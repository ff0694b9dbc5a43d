"""Prepares the process that workers are forked from. That process imports this module first."""

import os
from multiprocessing import spawn

import ingest.workers.pool  # noqa: F401  so that no worker has to import it

# threads do not survive a fork, and no worker multiplies large matrices
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
# multiprocessing imports the main module in each worker. A worker needs nothing of it, and for the
# command line that import takes half a second. There is no public way to turn it off.
spawn._fixup_main_from_name = spawn._fixup_main_from_path = lambda _: None  # type: ignore[attr-defined]
