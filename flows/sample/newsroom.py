"""The sample newsroom: seven fictional outlets, served on this machine for as long as a run lasts.

The files are package data in an installed Copydesk. In a checkout they are in deploy/.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from os import PathLike
from pathlib import Path
from urllib.parse import urlsplit

from ingest.model import CopydeskError

INSTALLED = Path(__file__).parent / "data"  # pyproject.toml puts the files of deploy/ there
DATA = INSTALLED if INSTALLED.is_dir() else Path(__file__).parent.parent.parent / "deploy"
SAMPLE = DATA / "sample"
FEEDS = SAMPLE / "feeds.opml"
RECIPES = DATA / "recipes.toml"  # its worked examples are outlets of the sample


class _Newsroom(SimpleHTTPRequestHandler):
    """A forward proxy that serves files: `SAMPLE/host/path[.html]` for `http://host/path`."""

    protocol_version = "HTTP/1.1"
    extensions_map = {  # noqa: RUF012  the base class declares it so
        **SimpleHTTPRequestHandler.extensions_map,
        ".rdf": "application/rdf+xml",
        ".xml": "application/xml",
        ".json": "application/feed+json",
        ".html": "text/html; charset=utf-8",
    }

    def translate_path(self, path: str) -> str:
        address = urlsplit(path)
        file = Path(super().translate_path(f"/{address.hostname or ''}{address.path}"))
        page = file.with_name(f"{file.name}.html")
        return str(page if page.is_file() else file)

    def list_directory(self, path: str | PathLike[str]) -> None:  # noqa: ARG002
        self.send_error(404)

    def log_message(self, *_: object) -> None:
        pass


class _Server(ThreadingHTTPServer):
    def handle_error(self, *_: object) -> None:
        """Prints nothing: a run that is stopped closes its connections. That is not an error."""


@contextmanager
def sample_newsroom() -> Iterator[str]:
    """Serves the sample on a free local port until the block ends. Yields the proxy's address.

    Raises CopydeskError where the sample's files are missing.
    """
    if not FEEDS.exists():
        raise CopydeskError(f"the sample newsroom is not at {SAMPLE}: install Copydesk again")
    server = _Server(("127.0.0.1", 0), partial(_Newsroom, directory=str(SAMPLE)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
