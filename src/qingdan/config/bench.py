"""`qingdan bench NAME`: the benchmarks, each beside a peer in the same run.

A timing is never a test: it is printed as a ratio with the machine's size, and written down in docs/benchmarks.md.
"""

from collections.abc import Callable, Iterator

import click

Benchmark = Callable[[], Iterator[str]]


def benchmarks() -> dict[str, Benchmark]:
    from qingdan.config import bench_suggestions, bench_tables
    from qingdan.engine import bench as engine

    return {**engine.BENCHMARKS, **bench_tables.BENCHMARKS, **bench_suggestions.BENCHMARKS}


@click.command()
@click.argument("name", required=False)
def bench(name: str | None) -> None:
    """Run one benchmark beside its peer; without a name, list them."""
    known = benchmarks()
    if name is None:
        click.echo("\n".join(sorted(known)))
        return
    if name not in known:
        raise click.ClickException(f"There is no benchmark “{name}”. Known: {', '.join(sorted(known))}.")
    for line in known[name]():
        click.echo(line)
