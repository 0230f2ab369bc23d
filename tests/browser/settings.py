"""The site as it is served, except that a template naming something undefined is an error."""

from typing import Any, NoReturn

from carreau.site.config.settings import *  # noqa: F403
from carreau.site.config.settings import TEMPLATES


class Undefined(str):
    """What Django writes for a variable that is not there: asked to, it raises."""

    def __contains__(self, _part: object) -> bool:
        return True

    def __mod__(self, missing: Any) -> NoReturn:
        raise LookupError(f"undefined in a template: {missing}")


TEMPLATES[0]["OPTIONS"]["string_if_invalid"] = Undefined("%s")
