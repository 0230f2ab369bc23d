"""`carreau policies`: the policies that come with Carreau."""

from carreau.allocation import policy as shipped
from carreau.cli.output import AsJson, Watch, say, table


def policies(as_json: AsJson = False) -> None:
    """List the policies that come with Carreau."""
    watch = Watch()
    loaded = [shipped.Policy.load(name) for name in shipped.policies()]
    figures = {
        "policies": [{"name": p.name, "title": dict(p.title), "mechanism": p.mechanism} for p in loaded],
        "seconds": watch.seconds,
    }
    rows = [(p.name, p.title["fr"], p.title["en"]) for p in loaded]
    say(figures, [table("", ("policy", "français", "English"), rows, words=(0, 1, 2))], as_json=as_json)
