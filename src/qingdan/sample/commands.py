"""`qingdan demo`: load the sample district into an empty installation."""

import time

import click
from django.core.management import call_command
from django.db import OperationalError

from qingdan.sample.load import STEPS, AlreadyLoaded, load


@click.command()
def demo() -> None:
    """Load the sample district: the facts of the 2018 reply with synthetic records behind every figure."""
    try:
        call_command("migrate", verbosity=0, interactive=False)
    except OperationalError as error:
        raise click.ClickException(f"The database cannot be reached: {error}. Check DATABASE_URL.") from error
    started = time.monotonic()
    try:
        with click.progressbar(length=len(STEPS), label="Loading the sample district") as bar:
            counts = load(progress=lambda: bar.update(1))
    except AlreadyLoaded as error:
        raise click.ClickException(str(error)) from error
    took = time.monotonic() - started
    click.echo(f"Sample district 530111 loaded in {took:.1f} s: {counts}.")
