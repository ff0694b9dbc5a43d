"""Measuring needs no database, and neither do its tests."""

import subprocess
import sys


def test_the_parts_of_measuring_load_no_database():
    parts = "support.constructed, support.versions, ingest.evaluation.pairs, ingest.dedup.compare"
    code = f"import sys; import {parts}; print('duckdb' in sys.modules)"
    asked = [sys.executable, "-c", f"import sys; sys.path[:0] = {sys.path!r}; {code}"]
    assert subprocess.run(asked, capture_output=True, text=True, check=True).stdout == "False\n"
