"""`carreau policies`: the policies that come with Carreau."""

from carreau.allocation.shipped import headings
from carreau.cli.output import AsJson, Watch, say, table


def policies(as_json: AsJson = False) -> None:
    """List the policies that come with Carreau."""
    watch = Watch()
    shipped = list(headings())
    figures = {
        "policies": [{"name": one.name, "title": dict(one.title), "mechanism": one.mechanism} for one in shipped],
        "seconds": watch.seconds,
    }
    rows = [(one.name, one.title["fr"], one.title["en"]) for one in shipped]
    say(figures, [table("", ("policy", "français", "English"), rows, words=(0, 1, 2))], as_json=as_json)
