"""`qingdan load-map FILE`: the outlines of streets and communities."""

from pathlib import Path

import click
from django.conf import settings

from qingdan.core.actor import SystemActor
from qingdan.core.permits import Refused
from qingdan.directory import maps


@click.command("load-map")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--district", help="Six digits; by default the district of this installation.")
def load_map(file: Path, district: str | None) -> None:
    """Take the outlines of streets and communities from FILE (GeoJSON); they are drawn on the report page."""
    code = district or settings.DISTRICT
    try:
        count = maps.load_map(district=code, actor=SystemActor("load-map", code), file=file)
    except (maps.MapFileError, Refused) as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"Outlines of {count} places taken in district {code}.")
