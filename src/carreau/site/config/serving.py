"""Make an installation ready and keep its web server and its workers running, until told to stop."""

import fcntl
import logging
import os
import signal
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from carreau.errors import BadInput
from carreau.site.config.children import Child
from carreau.site.config.environment import make_home

GRACE, LAST_GRACE = 10.0, 5.0  # seconds to finish what runs; then to give it back
READY_WITHIN = 60.0
TRIES = 3  # of a web server that never answered
LOCK = "serving.lock"
log = logging.getLogger("carreau.serving")


def serve(
    home: Path,
    host: str,
    port: int,
    workers: int,
    ready: Callable[[str], None],
    *,
    load: Callable[[], None] | None = None,
) -> int:
    """Serve one installation until SIGINT or SIGTERM; the exit code.

    Makes the folder `home` with its secret, brings both databases up to date, collects the static files, starts the web
    server and `workers` workers and calls `ready` with the address once the site answers. Both are started again when
    they die; what a dead worker ran is given back at once. At the end a running job has ten seconds to finish, then is
    given back.

    `load` fills the databases, between their update and the start.

    Raises BadInput when the port is in use or the installation is served already.
    """
    with _alone(home):
        _refuse_a_port_in_use(host, port)
        os.environ["CARREAU_HOME"] = str(home.resolve())
        _prepare()
        if load:
            load()
        return _Supervisor(host, port, workers, ready).run()


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    """Hold the installation's lock: two supervisors would each give back what the other's workers run."""
    make_home(home)
    with (home / LOCK).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BadInput(
                "is served already; stop the other `carreau serve` or choose another --home", file=home
            ) from None
        yield


def _refuse_a_port_in_use(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise BadInput(
                f"port {port} of {host} cannot be used ({error.strerror}); choose another with --port"
            ) from None


def _prepare() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "carreau.site.config.settings")
    import django
    from django.core.management import call_command
    from django.db import connections
    from whitenoise.storage import MissingFileError

    django.setup()
    from carreau.site.config.migrating import migrate

    for alias in connections:
        migrate(alias)
    call_command("createcachetable", verbosity=0)
    _erase_again()
    connections.close_all()
    try:
        call_command("collectstatic", interactive=False, verbosity=0)
    except MissingFileError as missing:
        name = str(missing).split("'")[1]
        raise BadInput(f"the front-end file {name} is missing; run `make install`") from None


def _erase_again() -> None:
    """Before anybody is served: a database put back from a back-up has people in it who were erased since."""
    from carreau.site.audit.erasure import reapply_erasures

    if count := reapply_erasures():
        log.warning("erased again", extra={"people": count})


class _Supervisor:
    def __init__(self, host: str, port: int, workers: int, ready: Callable[[str], None]) -> None:
        self.host, self.port, self.ready = host, port, ready
        self.address = f"http://{f'[{host}]' if ':' in host else host}:{port}/"
        self.web = Child("web", lambda: ["carreau.site.config.web", host, str(port)])
        self.names: dict[Child, str] = {}
        self.workers = [self._worker() for _ in range(workers)]
        self.stopping = False
        self.said_ready = False

    def run(self) -> int:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._stop)
        give_up = time.monotonic() + READY_WITHIN
        try:
            while not self.stopping:
                self._keep()
                if not self.said_ready:
                    self._look_whether_ready()
                    if not self.said_ready and (self.web.deaths >= TRIES or time.monotonic() > give_up):
                        log.error("the web server does not answer")
                        return 1
                time.sleep(0.1)
            return 0
        finally:
            self._end()

    def _stop(self, *_: Any) -> None:
        self.stopping = True

    def _worker(self) -> Child:
        from carreau.site.jobs.worker import new_name

        def arguments() -> list[str]:
            self.names[child] = new_name()
            return ["carreau.site.jobs.worker", "--id", self.names[child]]

        child = Child("worker", arguments)
        return child

    def _keep(self) -> None:
        for child in (self.web, *self.workers):
            code = child.keep()
            if code is not None:
                log.error("process died", extra={"child": child.name, "exit": code})
                if child in self.names:
                    _give_back(self.names[child])

    def _look_whether_ready(self) -> None:
        if _answers(self.host, self.port):
            self.said_ready = True
            self.ready(self.address)

    def _end(self) -> None:
        everything = [*self.workers, self.web]
        for child in everything:
            child.ask_to_end()
        deadline = time.monotonic() + GRACE
        late = [child for child in everything if not child.ended_by(deadline)]
        for child in late:
            child.ask_to_end()
        deadline = time.monotonic() + LAST_GRACE
        for child in late:
            if not child.ended_by(deadline):
                child.kill()
                log.error("process killed", extra={"child": child.name})
        for name in self.names.values():
            _give_back(name)


def _give_back(worker: str) -> None:
    from django.db import DatabaseError, connections

    from carreau.site.jobs import keeping

    with suppress(DatabaseError):  # else the lease of its job runs out
        keeping.give_back(worker)
        keeping.gone(worker)
    connections.close_all()


def _answers(host: str, port: int) -> bool:
    from django.conf import settings

    name = settings.ALLOWED_HOSTS[0].lstrip(".*") or "localhost"
    reached = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104
    request = urllib.request.Request(f"http://{reached}:{port}/sante", headers={"Host": name})
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=5) as answer:
            return answer.status == 200
    except (urllib.error.URLError, OSError):
        return False
