"""The command line: thin commands over the engine.

Every command takes `--json` (one object on standard output: figures, paths, seconds), shows progress on standard error
when that is a terminal, and ends with exit code 2 and one line on input that it refuses.
"""

import sys

import typer

from carreau.cli import allocation, demo, explaining, register, release, rent, replaying, serve, territory
from carreau.errors import BadInput
from carreau.proof.publishing import NotPublished

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, add_completion=False, help=__doc__)
app.add_typer(register.app, name="register")
app.add_typer(release.app, name="map")
app.command("check")(territory.check)
app.command("allocate")(allocation.allocate)
app.command("explain")(explaining.explain)
app.command("verify")(replaying.verify)
app.command("replay")(replaying.replay)
app.command("policies")(allocation.policies)
app.command("rent")(rent.rent)
app.command("demo")(demo.demo)
app.command("serve")(serve.serve)


def main() -> None:
    """Run the command line; the process ends with 0, 2 on refused input, 1 on anything else that went wrong."""
    try:
        app()
    except BadInput as refusal:
        _end(str(refusal), 2)
    except NotPublished as betrayal:
        _end("nothing was published. " + " ".join(betrayal.sentences("en")), 1)
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        _end(f"{where}{error.strerror or error}", 1)


def _end(message: str, code: int) -> None:
    sys.stderr.write("carreau: " + " ".join(message.split()) + "\n")
    sys.exit(code)
