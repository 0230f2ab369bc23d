"""What a forked process runs: a worker, as its command would."""

import os
import sys


def work_until_told() -> None:
    """Be a worker of a new name, in a session of its own."""
    from carreau.site.jobs import worker

    os.setsid()
    sys.argv = [worker.__name__]
    worker.main()
