"""The `qingdan` command. Each room keeps its own commands; this is their table of contents.

Rooms are imported only when one of their commands is called, so that `qingdan claims letter.txt`
does not pay for Django.
"""

import importlib
import os
import sys

import click

# command -> (module, needs Django, what it does)
COMMANDS = {
    "run": ("qingdan.config.commands", False, "Serve the sample district: `make run` calls this."),
    "serve": ("qingdan.config.commands", True, "Serve an installation."),
    "work": ("qingdan.config.commands", True, "Run background jobs; `serve` does it beside the server."),
    "migrate": ("qingdan.config.commands", True, "Bring the database to this version."),
    "check": ("qingdan.config.commands", True, "Check a deployment and say what to mend."),
    "verify-journal": ("qingdan.config.commands", True, "Prove that the journal is whole."),
    "verify-files": ("qingdan.config.commands", True, "Prove that stored files are there and unaltered."),
    "backup": ("qingdan.config.commands", True, "Save database, files and keys to one file."),
    "restore": ("qingdan.config.commands", False, "Put a backup into an empty place."),
    "demo": ("qingdan.sample.commands", True, "Load the sample district into an empty installation."),
    "load-map": ("qingdan.directory.commands", True, "Take the outlines of streets and communities."),
    "load-rules": (
        "qingdan.policies.commands",
        True,
        "Take rule editions: directory, negative list, thresholds.",
    ),
    "reply": ("qingdan.replies.commands", True, "Write the reply to a proposal as Word, PDF and data."),
    "import": ("qingdan.core.tables.commands", True, "Take records from a workbook."),
    "export": ("qingdan.core.tables.commands", True, "Write records to a workbook."),
    "bench": ("qingdan.config.bench", False, "Run a benchmark beside its peer."),
    "claims": ("qingdan.config.claims", False, "List or trace every quantity that a letter claims."),
    "match": ("qingdan.engine.matching_commands", False, "Match needs with resources."),
    "duplicates": ("qingdan.engine.matching_commands", False, "Group needs that say the same thing."),
}


class Table(click.Group):
    """A group whose commands live in the rooms."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name][2]) for name in self.list_commands(ctx)])

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        module_name, needs_django, _what = COMMANDS[name]
        if needs_django:
            set_up_django()
        command: click.Command = getattr(importlib.import_module(module_name), name.replace("-", "_"))
        return command


def set_up_django() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qingdan.config.settings")
    import django

    django.setup()


def sentence(error: Exception) -> str:
    """What a person should read instead of a traceback; empty for what is a fault of the program."""
    if isinstance(error, OSError) and error.filename:
        return f"{error.filename}: {error.strerror}."
    if "django" not in sys.modules:
        return ""
    from django.apps import apps
    from django.core.exceptions import ImproperlyConfigured, PermissionDenied, ValidationError
    from django.db import DatabaseError, OperationalError

    first = str(error).strip().split("\n")[0]
    if isinstance(error, DatabaseError) and ("no such table" in first or "does not exist" in first):
        return f"The database is not of this version ({first}): run `qingdan migrate`."
    if isinstance(error, OperationalError):
        return f"The database does not answer ({first}): check DATABASE_URL and QINGDAN_DATA."
    if isinstance(error, ValidationError):
        return " ".join(error.messages)
    if isinstance(error, ImproperlyConfigured | PermissionDenied):  # a refusal by a permit is the latter
        return first
    if apps.ready:
        from qingdan.core.figures import FigureError

        if isinstance(error, FigureError):
            return first
    return ""


@click.group(cls=Table, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="qingdan")
def qingdan() -> None:
    """清单 — from a resident's need to a figure in an official letter."""


def main() -> None:
    try:
        sys.exit(qingdan())
    except Exception as error:
        said = sentence(error)
        if not said or os.environ.get("QINGDAN_DEBUG"):
            raise
        click.echo(f"Error: {said}", err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
