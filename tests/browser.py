"""A real browser against a real server, for stories (`@pytest.mark.browser`).

The server is `qingdan run` in a process of its own with its own data directory; the browser is the machine's
Chromium. Without one the stories are left out, which is said at the end, and where CI is set it is a failure.
"""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
PATIENCE = 180  # seconds for a cold start with the sample to load
MISSING = "No Chromium on this machine: {number} browser stories were NOT run (install chromium to run them)."
left_out = pytest.StashKey[int]()


def chromium() -> str | None:
    """The browser named by QINGDAN_CHROMIUM, else the machine's own, else playwright's."""
    if named := os.environ.get("QINGDAN_CHROMIUM"):
        return named
    if found := next(filter(None, map(shutil.which, NAMES)), None):
        return found
    caches = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH", "~/.cache/ms-playwright")).expanduser()
    return next((str(path) for path in sorted(caches.glob("chromium*/chrome-*/*chrom*"))), None)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    stories = [item for item in items if item.get_closest_marker("browser")]
    if not stories or chromium():
        return
    if os.environ.get("CI"):
        raise pytest.UsageError("CI must run the browser stories, and there is no Chromium: install it.")
    items[:] = [item for item in items if item not in stories]
    config.stash[left_out] = len(stories)
    config.hook.pytest_deselected(items=stories)


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    number = config.stash.get(left_out, 0)
    if hasattr(config, "workerinput"):
        return
    if not number and config.pluginmanager.hasplugin("dsession") and not chromium():
        number = -1  # the workers left them out
    if number:
        said = MISSING.format(number=number if number > 0 else "the")
        terminalreporter.write_line(said, red=True, bold=True)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a running sample installation."""
    place = tmp_path_factory.mktemp("served")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("QINGDAN_", "DJANGO_"))}
    kept.pop("DATABASE_URL", None)
    log = place / "log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "qingdan.config.cli", "run", "--port", str(port)],
            env=kept | {"QINGDAN_DATA": str(place / "var")},
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(PATIENCE * 5):
            if process.poll() is not None:
                pytest.fail(f"The server ended at once:\n{log.read_text()}")
            try:
                urllib.request.urlopen(address, timeout=10).close()
                break
            except (urllib.error.URLError, ConnectionError):
                time.sleep(0.2)
        else:
            pytest.fail(f"The server did not answer:\n{log.read_text()}")
        yield address
    finally:
        process.terminate()
        process.wait(timeout=60)


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        made = playwright.chromium.launch(
            executable_path=chromium(),
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield made
        made.close()


class Visit:
    """A person at a screen: a page, the site's address, and what went wrong in the browser meanwhile."""

    def __init__(self, context: Any, address: str) -> None:
        self.page, self.address = context.new_page(), address
        self.complaints: list[str] = []
        self.page.on("pageerror", lambda error: self.complaints.append(f"script: {error}"))
        self.page.on("console", self._note)
        self.page.on("requestfailed", self._note_lost)

    def _note_lost(self, request: Any) -> None:
        # What a page still loads when it is left is given up by the browser; how fast that goes is no matter here.
        if request.failure != "net::ERR_ABORTED":
            self.complaints.append(f"lost: {request.url}")

    def _note(self, message: Any) -> None:
        if message.type == "error":  # refusals of the content security policy come here, too
            self.complaints.append(f"console: {message.text}")

    def open(self, path: str) -> Any:
        return self.page.goto(self.address + path)


@pytest.fixture(params=[(1280, 800), (390, 844)], ids=["desk", "phone"])
def visit(request: pytest.FixtureRequest, browser: Any, server: str) -> Iterator[Visit]:
    """A fresh visitor, at a desk and on a phone; the story fails if the browser had anything to complain of."""
    width, height = request.param
    context = browser.new_context(locale="zh-CN", viewport={"width": width, "height": height})
    made = Visit(context, server)
    yield made
    context.close()
    assert made.complaints == []
