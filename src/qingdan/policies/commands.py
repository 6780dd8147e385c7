"""`qingdan load-rules [FILE]`: rule editions into the district."""

from pathlib import Path

import click
from django.conf import settings

from qingdan.core.actor import SystemActor
from qingdan.policies import rules
from qingdan.policies.rule_files import SECTIONS, RuleFileError, read_rules


@click.command("load-rules")
@click.argument("file", required=False, type=click.Path(dir_okay=False, path_type=Path))
@click.option("--district", help="Six digits; by default the district of this installation.")
@click.option("--dry-run", is_flag=True, help="Only look through the file; write nothing.")
def load_rules(file: Path | None, district: str | None, dry_run: bool) -> None:
    """Take the rule editions of FILE (JSON), by default those that come with Qingdan; what is there stays."""
    path, code = file or rules.SHIPPED, district or settings.DISTRICT
    if len(code) != 6 or not (code.isascii() and code.isdigit()):
        raise click.ClickException(f"“{code}” is no code of a district: it has six digits, such as 530111.")
    try:
        if dry_run:
            found = read_rules(path)
            click.echo("Right: " + ", ".join(f"{len(found[name])} {name}" for name in SECTIONS) + ".")
            return
        added = rules.load_rules(district=code, actor=SystemActor("load-rules", code), file=path)
    except RuleFileError as error:
        raise click.ClickException(str(error)) from None
    click.echo(
        f"{added} rows added to district {code}." if added else "Every edition of the file is there already."
    )
