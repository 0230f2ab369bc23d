"""The command line: thin commands over the engine.

Every command takes `--json` (one object on standard output: figures, paths, seconds), shows progress on standard error
when that is a terminal, and ends with exit code 2 and one line on input that it refuses.
"""

import sys

import typer

from carreau.cli.calling import Commands, add
from carreau.errors import BadInput
from carreau.proof.refusal import NotPublished

COMMANDS: Commands = {
    "check": (
        "carreau.cli.territory:check",
        "Verify files, hashes and contracts of a territory folder; exit code 1 when something is wrong.",
    ),
    "allocate": (
        "carreau.cli.allocation:allocate",
        "Rank lawful candidates for each vacated home and propose one each; a commission decides.",
    ),
    "explain": (
        "carreau.cli.explaining:explain",
        "Say why an application is presented for a home, passed over or not eligible, and what would have mattered.",
    ),
    "verify": (
        "carreau.cli.replaying:verify",
        "Check the signature of a run's record and its draw of lots: exit code 1 when the draw does not hold.",
    ),
    "replay": (
        "carreau.cli.replaying:replay",
        "Run again what a signed record tells of: exit code 1 when another result comes out.",
    ),
    "policies": ("carreau.cli.policies:policies", "List the policies that come with Carreau."),
    "rent": (
        "carreau.cli.rent:rent",
        "Say the housing benefit (APL), the rent reduction (RLS), the effort rate and what remains to live on.",
    ),
    "demo": (
        "carreau.cli.demo:demo",
        "Read the register of Nantes, give it a synthetic population, draw the map, rank candidates, serve the site.",
    ),
    "serve": ("carreau.cli.serve:serve", "Serve the site, and run its long work, until Ctrl-C."),
}
REGISTER: Commands = {
    "import": (
        "carreau.cli.register:import_file",
        "Read FILE into the territory folder, whole or not at all; the same file again changes nothing.",
    ),
    "synthesize": (
        "carreau.cli.register:synthesize",
        "Draw households, applications, vacancies and the rest from cited margins, labelled synthetic.",
    ),
}
MAP: Commands = {
    "attack": (
        "carreau.cli.attack:attack_map",
        "Try to break releases: exit code 1 when it succeeds, 3 when not everything was searched, 0 otherwise.",
    ),
    "build": (
        "carreau.cli.release:build_map",
        "Build a protected release and attack it; it is written only when nobody could break it.",
    ),
    "forget": (
        "carreau.cli.ledger:forget",
        "Take erased households out of the private ledger; each counts as having moved from then on.",
    ),
}

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, add_completion=False, help=__doc__)
add(app, COMMANDS)
for group, commands, about in (
    ("register", REGISTER, "Read registers, and give them a synthetic population."),
    ("map", MAP, "Draw a map that betrays no one."),
):
    within = typer.Typer(no_args_is_help=True, help=about)
    add(within, commands)
    app.add_typer(within, name=group)


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
