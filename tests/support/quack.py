"""A DuckDB client in a process of its own, which asks the quack server."""

import json
import os
import subprocess
import sys

PORT, TOKEN = 19494, "open sesame"

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


def ask(*statements, token=TOKEN, port=PORT):
    ran = subprocess.run(
        [sys.executable, "-c", CLIENT, str(port), token],
        input="\n".join(statements),
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    )
    return [json.loads(line) for line in ran.stdout.splitlines()]
