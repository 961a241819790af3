"""Every command of the `sportello` program, those loaded when they are asked for too."""

from collections.abc import Iterator

import click

from sportello.cli import main


def commands(group: click.Group = main, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Groups and their commands with the words that call them."""
    asked = click.Context(group)
    for name in group.list_commands(asked):
        one = group.get_command(asked, name)
        assert one is not None
        yield (*path, name), one
        if isinstance(one, click.Group):
            yield from commands(one, (*path, name))
