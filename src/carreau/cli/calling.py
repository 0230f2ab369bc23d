"""Commands known by name, whose module is imported when one is called: help and a light command stay fast."""

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperCommand

Commands = Mapping[str, tuple[str, str]]
"""By name: where the function of a command is (`module:function`), and the first line of its docstring."""


def add(app: typer.Typer, commands: Commands) -> None:
    """Make commands known to a group, without importing any."""
    for name, (place, about) in commands.items():
        app.command(name, help=about, cls=_deferred(name, place))(_not_called)


def called(name: str, place: str) -> TyperCommand:
    """The whole command of a function, with its options and its help; imports the module."""
    module, function = place.split(":")
    alone = typer.Typer(add_completion=False)
    alone.command(name)(getattr(import_module(module), function))
    command = typer.main.get_command(alone)
    assert isinstance(command, TyperCommand)
    return command


def _deferred(name: str, place: str) -> type[TyperCommand]:
    """What stands in a group for a command: its name and its line, until arguments are given to it."""

    class Deferred(TyperCommand):
        def make_context(self, *given: Any, **more: Any) -> Any:
            return called(name, place).make_context(*given, **more)

    return Deferred


def _not_called() -> None:
    raise NotImplementedError("a command is called by its own function")
