"""A hostile newsroom: real servers on loopback, one for each thing that a web site may do to us.

Every behaviour has a host of its own under `.example`, since after some of them a host is left
alone. `resolve` has them all on loopback, except those that test another address.

    hostile_servers   what a server does with a request, a header, a body
    hostile_http      the same in the lesser-known corners of HTTP
    hostile_robots    what a robots.txt holds
    hostile_feeds     what the document of a feed holds
    hostile_pages     what a page holds
"""

import itertools
import socket
import socketserver
import struct
import threading
from contextlib import contextmanager

from support import hostile_feeds, hostile_http, hostile_pages, hostile_robots, hostile_servers  # noqa: F401
from support.certificates import self_signed, server_context
from support.fetching import limit
from support.hostile_behaviour import ALL, head

#: The behaviours of feeds, and of pages. The four modules above have entered each into the list.
BEHAVIOURS = [one for one in ALL if not one.is_page]
PAGES = [one for one in ALL if one.is_page]
BY_HOST = {one.host: one for one in ALL}


def url(behaviour, ports):
    """Its address, in a newsroom with these ports: a plain one and one for TLS."""
    path = "page" if behaviour.is_page else "feed"
    return f"{behaviour.scheme}://{behaviour.host}:{ports[behaviour.secure]}/{path}"


async def resolve(host, _port):
    """The resolver to give to `open_fetcher`."""
    address = BY_HOST[host].address
    if not address:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
    return [address]


def no_robots(_):
    yield head(404, "Content-Length: 0")


class Connection(socketserver.StreamRequestHandler):
    """One request of one connection: asked for by host, answered as that behaves."""

    server: "Server"

    def handle(self):
        try:
            lines = iter(self.rfile.readline, b"\r\n")
            path = next(lines).split()[1]
            fields = dict(line.split(b": ", 1) for line in lines if line)
            host = next(v for name, v in fields.items() if name.lower() == b"host").decode()
            found = BY_HOST[host.strip().partition(":")[0]]
        except (ValueError, StopIteration, IndexError, KeyError, OSError):
            return  # a TLS greeting, for one: no request
        self.server.room.asked.append(found.name)
        answer = found.answer
        if path == b"/robots.txt":
            answer = found.robots or (no_robots if found.is_page else answer)
        try:
            for piece in answer(self.server.room):
                self.wfile.write(piece)
        except ConnectionResetError:
            # no FIN but a RST: closing with nothing left to linger for
            self.wfile.flush()
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()
        except OSError:
            pass  # it had enough of us


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    request_queue_size = 200

    def __init__(self, room, context=None):
        super().__init__(("127.0.0.1", 0), Connection)
        self.room = room
        if context:
            # the handshake belongs to the connection's thread: one that never comes blocks no other
            self.socket = context.wrap_socket(
                self.socket, server_side=True, do_handshake_on_connect=False
            )

    def handle_error(self, *_):
        """A client that does not like our certificate hangs up."""


class Newsroom:
    """The behaviours, served. `asked` names each one asked, once a request."""

    def __init__(self, folder):
        self.closing = threading.Event()
        self.counter = itertools.count()
        self.asked: list[str] = []
        secure = [behaviour.host for behaviour in ALL if behaviour.secure]
        context = server_context(self_signed(folder, *secure))
        self.servers = (Server(self), Server(self, context))

    @property
    def ports(self):
        return tuple(server.server_address[1] for server in self.servers)


#: Short enough for a test, and long enough for a busy machine to serve what is to be read.
LIMITS = limit(idle_timeout=2, total_timeout=3, connect_timeout=2, connections=100)


@contextmanager
def newsroom(folder):
    """Serves them until the block ends; the certificate is made in the folder."""
    for ready in (hostile_servers.bomb, hostile_feeds.long_rss):  # these take long to make
        ready()
    room = Newsroom(folder)
    threads = [
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        for server in room.servers
    ]
    for thread in threads:
        thread.start()
    try:
        yield room
    finally:
        room.closing.set()
        for server in room.servers:
            server.shutdown()
            server.server_close()
        for thread in threads:
            thread.join()
