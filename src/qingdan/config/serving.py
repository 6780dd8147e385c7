"""Serving: the web server (granian, WSGI) with the jobs worker beside it, both stopped together."""

import contextlib
import errno
import ipaddress
import math
import multiprocessing
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator

import click
from django.core.management import call_command
from django.db import connection, connections
from django.db.migrations.executor import MigrationExecutor

from qingdan.config import lifeline, static

PAUSE = 5.0  # seconds before a jobs worker that died is started again
WORK = (sys.executable, "-m", "qingdan.config.cli", "work")


def pending_migrations() -> list[str]:
    """Migrations that the database still lacks, as `app.name`."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _backwards in plan]


def require_migrated(*, migrate: bool) -> None:
    pending = pending_migrations()
    if pending and migrate:
        call_command("migrate", verbosity=0, interactive=False)
    elif pending:
        raise click.ClickException(
            f"The database lacks {len(pending)} migrations (the first is {pending[0]}): run `qingdan migrate`, "
            "or start with --migrate."
        )


def require_free(host: str, port: int) -> None:
    """Refuse a port that is taken or not allowed, before anything else is done."""
    try:
        family, kind, _protocol, _name, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
            probe.listen(1)
    except socket.gaierror as error:
        raise click.ClickException(f"There is no address “{host}”: choose another with --host.") from error
    except PermissionError as error:
        raise click.ClickException(
            f"Port {port} needs root: choose one above 1023 with --port or PORT=…"
        ) from error
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            said = f"Port {port} is in use: choose another with --port or PORT=…"
        else:
            said = f"This machine cannot listen at {host}: choose another with --host."
        raise click.ClickException(said) from error


def is_local(host: str) -> bool:
    """Whether only this machine can reach `host`."""
    with contextlib.suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return host == "localhost"


@contextlib.contextmanager
def jobs_worker() -> Iterator[None]:
    """Run the jobs of the database queue in a process beside the server, started again should it die.

    It has a session of its own, so that Ctrl-C stops the server first and the worker after it, which gets
    `lifeline.GRACE` for its job. It ends when this process does, however that came about.
    """
    lifeline.offer()
    stopping = threading.Event()
    running: list[subprocess.Popen[bytes]] = []

    def keep() -> None:
        while not stopping.is_set():
            running[:] = [subprocess.Popen(WORK, start_new_session=True)]
            status = running[0].wait()
            if not stopping.wait(PAUSE if status else 0):
                click.echo(f"The jobs worker ended (status {status}) and is started again.", err=True)

    keeper = threading.Thread(target=keep, name="jobs worker", daemon=True)
    keeper.start()
    try:
        yield
    finally:
        stopping.set()
        for process in running:
            process.terminate()
            try:
                process.wait(timeout=lifeline.GRACE)
            except subprocess.TimeoutExpired:
                process.kill()
        keeper.join(timeout=5)


def serve(
    *, host: str, port: int, workers: int, threads: int, ready: Callable[[str], None], jobs: bool = True
) -> None:
    """Serve until interrupted (Ctrl-C or TERM); `ready` is told the address once it answers."""
    from granian.constants import Interfaces
    from granian.log import LogLevels
    from granian.server import Server

    static.collect()
    lifeline.offer()
    connections.close_all()
    multiprocessing.set_start_method("spawn")  # workers inherit no connection, lock or thread
    server = Server(
        "qingdan.config.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=threads,
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
        workers_kill_timeout=math.ceil(lifeline.GRACE),
        backlog=2048,
    )
    shown = f"[{host}]" if ":" in host else host

    def begin() -> None:
        if sys.stdin.isatty():  # closing the terminal ends the server, as Ctrl-C does
            signal.signal(signal.SIGHUP, signal.getsignal(signal.SIGTERM))
        ready(f"http://{shown}:{port}/")

    server.on_startup(begin)
    with jobs_worker() if jobs else contextlib.nullcontext():
        server.serve()
