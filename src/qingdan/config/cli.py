"""The `qingdan` command. Each room keeps its own commands; this is their table of contents.

Rooms are imported only when one of their commands is called, so that `qingdan claims letter.txt`
does not pay for Django.
"""

import importlib
import os
import sys

import click

# command -> (module, needs Django)
COMMANDS = {
    "demo": ("qingdan.sample.commands", True),
    "reply": ("qingdan.replies.commands", True),
    "claims": ("qingdan.engine.commands", False),
    "match": ("qingdan.engine.commands", False),
    "duplicates": ("qingdan.engine.commands", False),
}


class Table(click.Group):
    """A group whose commands live in the rooms."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        module_name, needs_django = COMMANDS[name]
        if needs_django:
            set_up_django()
        command: click.Command = getattr(importlib.import_module(module_name), name.replace("-", "_"))
        return command


def set_up_django() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qingdan.config.settings")
    import django

    django.setup()


@click.group(cls=Table, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="qingdan")
def qingdan() -> None:
    """清单 — from a resident's need to a figure in an official letter."""


def main() -> None:
    sys.exit(qingdan())
