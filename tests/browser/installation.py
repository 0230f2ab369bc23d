"""A whole installation on one in three homes of the Nantes extract, with a map of Bondy.

`python -m tests.browser.installation HOME`: a process of its own, so that the settings of the site are those that it
is served with.
"""

import gzip
import os
import sys
from importlib.resources import files
from itertools import islice
from pathlib import Path

from carreau.demo.bondy import bondy
from carreau.demo.run import EXTRACT, SEED
from carreau.register.importing import ImportOptions, import_rpls
from carreau.register.synthetic.synthesize import synthesize
from carreau.site.config.environment import make_home

ONE_IN = 3  # fewer would have but one landlord


def territory(folder: Path) -> Path:
    """Some homes of all Nantes, with households and applications."""
    extract = folder / EXTRACT
    with files("carreau.demo").joinpath("data", EXTRACT).open("rb") as whole, gzip.open(whole, "rb") as lines:
        extract.write_bytes(gzip.compress(next(lines) + b"".join(islice(lines, 0, None, ONE_IN))))
    import_rpls(extract, folder / "territory", ImportOptions())
    synthesize(folder / "territory", seed=SEED)
    return folder / "territory"


def main(home: Path) -> None:
    """Make the databases, the static files and the demonstration's data in `home`."""
    os.environ["CARREAU_HOME"] = str(home)
    make_home(home)
    import django
    from django.core.management import call_command
    from django.db import connections

    django.setup()
    for alias in connections:
        call_command("migrate", database=alias, interactive=False, verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    from carreau.site.bridge.demonstration import load

    bondy(home / "bondy", seed=SEED)
    load(territory(home), home / "bondy")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
