"""Loads DuckDB's own extensions: from an installed wheel, else from DuckDB's server."""

from importlib.util import find_spec
from pathlib import Path

import duckdb

from storage.core.errors import DatabaseError


def load_extension(connection: duckdb.DuckDBPyConnection, name: str) -> None:
    """Loads an extension. DuckDB checks its signature, wherever it comes from.

    Raises DatabaseError where it is missing, with what to do.
    """
    wheel = _in_a_wheel(name)
    try:
        if wheel:
            connection.execute(f"LOAD '{wheel}'")
        else:
            connection.execute(f"INSTALL {name}")
            connection.execute(f"LOAD {name}")
    except duckdb.Error as error:
        raise DatabaseError(
            f"this needs DuckDB's extension {name}: install copydesk[quack], or let this machine "
            f"reach extensions.duckdb.org once ({str(error).splitlines()[0]})"
        ) from error


def _in_a_wheel(name: str) -> Path | None:
    """The file of the package duckdb-extension-NAME, if it is installed for this DuckDB."""
    package = find_spec(f"duckdb_extension_{name}")
    if package is None or package.origin is None:
        return None
    versions = Path(package.origin).parent / "extensions"
    file = versions / f"v{duckdb.__version__}" / f"{name}.duckdb_extension"
    return file if file.exists() else None
