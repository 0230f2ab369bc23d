"""The process that runs jobs: `python -m carreau.site.jobs.worker [--id NAME] [--attached]`.

On SIGTERM it finishes the job that it runs and ends; on a second one it gives the job back at once. `--attached` ends
it in the same way when its standard input does, that is when whoever started it is gone.
"""

import argparse
import logging
import os
import secrets
import socket
import sys
from contextlib import suppress

from carreau.site.config.children import end_with_our_parent

LOOK = 0.5  # seconds between looks for work
GRACE = 10.0
GONE, BROKEN = 69, 70  # exit codes: the database is gone; anything else
log = logging.getLogger("carreau.jobs")


def new_name() -> str:
    """A name that no other worker has or had."""
    return f"{socket.gethostname()[:30]}-{os.getpid()}-{secrets.token_hex(4)}"


def main() -> None:
    """Run jobs until told to end."""
    parser = argparse.ArgumentParser(prog="carreau.site.jobs.worker", description=__doc__)
    parser.add_argument("--id", default=new_name(), help="a name that no other worker has or had")
    parser.add_argument("--attached", action="store_true", help="end when standard input does")
    given = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "carreau.site.config.settings")
    if given.attached:
        end_with_our_parent(insist_after=GRACE)
    import django

    django.setup()
    sys.exit(_work(given.id))


def _work(name: str) -> int:
    from django.core.management import call_command
    from django.db import DatabaseError

    from carreau.site.jobs import keeping
    from carreau.site.jobs.problems import name_of, positions

    keeping.Keeper(name).start()
    log.info("worker began", extra={"worker": name})
    try:
        call_command("db_worker", worker_id=name, interval=LOOK, reload=False, startup_delay=False, verbosity=0)
    except DatabaseError as error:
        log.error("worker ends: the database is gone", extra={"error": name_of(error), "at": positions(error)})
        return GONE
    finally:
        with suppress(DatabaseError):
            keeping.gone(name)
        log.info("worker ended", extra={"worker": name})
    return 0


if __name__ == "__main__":
    main()
