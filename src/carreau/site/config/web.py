"""The web server as a process of its own: `python -m carreau.site.config.web [HOST] [PORT] [--attached]`.

Plain HTTP: HTTPS is the reverse proxy's. `--attached` ends it when its standard input does.
"""

import argparse
from typing import Any

from granian import Granian
from granian.constants import Interfaces
from granian.http import HTTP1Settings

from carreau.site.config.children import end_with_our_parent

THREADS = 32  # a slow request holds one; each has a connection to both databases
HEADERS_WITHIN = 10_000  # milliseconds
GRACE = 10


def server(host: str, port: int) -> Any:
    """Granian with the limits that a public site needs."""
    return Granian(
        "carreau.site.config.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        blocking_threads=THREADS,
        http1_settings=HTTP1Settings(header_read_timeout=HEADERS_WITHIN, max_buffer_size=64 * 1024),
        log_enabled=False,  # requests are logged by our own middleware, without what they carry
        respawn_failed_workers=True,
        workers_kill_timeout=GRACE,
    )


def main() -> None:
    """Serve until SIGTERM or SIGINT."""
    parser = argparse.ArgumentParser(prog="carreau.site.config.web", description=__doc__)
    parser.add_argument("host", nargs="?", default="127.0.0.1")
    parser.add_argument("port", nargs="?", type=int, default=8000)
    parser.add_argument("--attached", action="store_true", help="end when standard input does")
    given = parser.parse_args()
    if given.attached:
        end_with_our_parent()
    server(given.host, given.port).serve()


if __name__ == "__main__":
    main()
