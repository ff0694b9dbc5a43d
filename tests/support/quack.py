"""A DuckDB client in a process of its own, which asks the quack server."""

import json
import os
import socket
import subprocess
import sys
import time

import duckdb
import pytest

from storage.core.errors import DatabaseError
from storage.snapshot.quack import check_quack

#: Each worker of pytest has a port of its own.
PORT = 19494 + int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:])
TOKEN = "open sesame"  # noqa: S105  for tests

# Reads statements from its standard input, one a line; answers each with a line of JSON.
CLIENT = """
import json, sys, duckdb
from storage.core.extensions import load_extension
port, token = sys.argv[1:]
with duckdb.connect() as connection:
    load_extension(connection, "httpfs")
    load_extension(connection, "quack")
    connection.execute(f"CREATE SECRET (TYPE quack, TOKEN '{token}')")
    for statement in sys.stdin:
        try:
            rows = connection.execute(statement.replace("PORT", port)).fetchall()
            print(json.dumps({"rows": rows}, default=str), flush=True)
        except duckdb.Error as error:
            print(json.dumps({"error": str(error).splitlines()[0]}), flush=True)
"""
ATTACH = "ATTACH 'quack:localhost:PORT' AS news"


def quack_is_here():
    try:
        check_quack()
    except DatabaseError:
        return False
    return True


needs_quack = pytest.mark.skipif(
    duckdb.__version__ >= "2" and not quack_is_here(), reason="its wheels are for DuckDB 1.5"
)


def client(token=TOKEN, port=PORT):
    """A client that reads statements from its standard input."""
    return subprocess.Popen(
        [sys.executable, "-c", CLIENT, str(port), token],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        text=True,
    )


def ask(*statements, token=TOKEN, port=PORT):
    """The answer to each statement, from one client."""
    with client(token, port) as asking:
        shown, _ = asking.communicate("\n".join(statements))
    assert asking.returncode == 0
    return [json.loads(line) for line in shown.splitlines()]


def quote(sql):
    """SQL as a text in SQL, on one line."""
    sql = sql.replace("'", "''")
    return "'" + sql.replace("\n", "' || chr(10) || '").replace("\0", "' || chr(0) || '") + "'"


def eventually(true, seconds=30):
    """Whether it becomes true in that time."""
    give_up = time.monotonic() + seconds
    while not true() and time.monotonic() < give_up:
        time.sleep(0.02)
    return true()


def occupied(port=PORT, seconds=20):
    """A socket that holds the port, once the server of an earlier test has let go of it."""
    give_up = time.monotonic() + seconds
    while True:
        try:
            return socket.create_server(("localhost", port))
        except OSError:
            if time.monotonic() > give_up:
                raise
            time.sleep(0.05)
