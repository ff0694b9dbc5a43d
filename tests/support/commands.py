"""The program's commands, run in this process: starting another one takes most of two seconds."""

import io
import os
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from unittest import mock

import pytest

from flows.cli import app as cli

COPYDESK = Path(sys.executable).parent / "copydesk"
STORY = "https://wire.example/news/1"
COPY = "https://daily.example/news/wire-story"
DEAD = "https://wire.example/news/gone"


def copydesk(*args):
    """What a user sees: the exit status, what was printed, and what was complained of."""
    printed, complaint = io.StringIO(), io.StringIO()
    with (
        mock.patch.dict(os.environ),  # which a command may change for what it starts
        mock.patch.object(sys, "argv", ["copydesk", *map(str, args)]),
        redirect_stdout(printed),
        redirect_stderr(complaint),
        pytest.raises(SystemExit) as ended,
    ):
        cli.main()
    return ended.value.code or 0, printed.getvalue(), complaint.getvalue()
