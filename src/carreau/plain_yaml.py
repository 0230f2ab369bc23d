"""YAML without tags that make objects, by the compiled reader where libyaml is there: ten times faster."""

from typing import Any

import yaml

Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def load(text: str) -> Any:
    """The mappings, lists and plain values of one document. Raises `yaml.YAMLError` for text that is not YAML."""
    return yaml.load(text, Loader)  # noqa: S506 - both are safe loaders
