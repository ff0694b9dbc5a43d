"""DuckDB's own extensions: from a wheel beside us, else from where DuckDB installs them from."""

from importlib.util import find_spec
from pathlib import Path

import duckdb

from storage.core.errors import DatabaseError


def load_extension(connection: duckdb.DuckDBPyConnection, name: str) -> None:
    """Loads an extension; DuckDB checks its signature, wherever it comes from.

    Raises DatabaseError, which says how to come by it, where it cannot be had.
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
    """The file in the package duckdb-extension-NAME, if it is here and for this DuckDB."""
    package = find_spec(f"duckdb_extension_{name}")
    if package is None or package.origin is None:
        return None
    versions = Path(package.origin).parent / "extensions"
    file = versions / f"v{duckdb.__version__}" / f"{name}.duckdb_extension"
    return file if file.exists() else None
