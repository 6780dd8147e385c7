"""The frame in a real browser against a real server: menus, keys, a list exchanged in place, accessibility rules.

The server is a process of its own with its own data directory: the journal of a shared database cannot be emptied
between tests, and a page is served as it will be.
"""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

playwright = pytest.importorskip("playwright.sync_api")
pytestmark = pytest.mark.browser

CHROMIUM = os.environ.get("QINGDAN_CHROMIUM", "/usr/bin/chromium")
OFFICER = """
import django
django.setup()
from django.conf import settings
from django.core.management import call_command
from django.test import Client
from qingdan.directory.models import Account
from qingdan.sample.load import load
call_command("migrate", verbosity=0)
load()
client = Client(HTTP_HOST="127.0.0.1")
officer = next(one for one in Account.objects.order_by("pk") if one.holds("BUREAU"))
client.force_login(officer, backend="django.contrib.auth.backends.ModelBackend")
print(settings.SESSION_COOKIE_NAME, client.cookies[settings.SESSION_COOKIE_NAME].value)
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, dict[str, str]]]:
    """The sample district served on a free port, with the cookie of a bureau officer."""
    environment = {
        key: value for key, value in os.environ.items() if not key.startswith(("QINGDAN_", "DATABASE_"))
    }
    environment |= {
        "DJANGO_SETTINGS_MODULE": "qingdan.config.settings",
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
        "QINGDAN_DATA": str(tmp_path_factory.mktemp("site")),
        "QINGDAN_DEMO": "1",
        "QINGDAN_DEMO_TODAY": "2018-09-12",
    }
    made = subprocess.run(
        [sys.executable, "-c", OFFICER], env=environment, capture_output=True, text=True, check=True
    )
    name, value = made.stdout.split()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    command = [sys.executable, "-m", "django", "runserver", "--noreload", "--insecure", address]
    server = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    url = f"http://{address}"
    try:
        for _attempt in range(300):
            try:
                urllib.request.urlopen(f"{url}/about/figures/", timeout=5).close()
                break
            except OSError:
                assert server.poll() is None, "the server did not start"
                time.sleep(0.1)
        yield url, {"name": name, "value": value, "url": url}
    finally:
        server.terminate()
        server.wait(10)


@pytest.fixture
def open_page(site: tuple[str, dict[str, str]], tmp_path: Path) -> Iterator[Any]:
    """Opens pages as the officer; afterwards the console must have said nothing."""
    url, cookie = site
    said: list[str] = []
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"],
        )

        def open_(path: str, width: int = 1280, script: bool = True) -> Any:
            context = browser.new_context(
                viewport={"width": width, "height": 800}, java_script_enabled=script
            )
            context.add_cookies([cookie])
            page = context.new_page()
            page.on(
                "console", lambda line: said.append(line.text) if line.type in {"error", "warning"} else None
            )
            page.on("pageerror", lambda error: said.append(str(error)))
            page.goto(url + path)
            return page

        yield open_
        browser.close()
    assert said == []


def test_a_list_is_searched_without_leaving_the_page(open_page: Any) -> None:
    page = open_page("/needs/")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.name") == "q"
    page.evaluate("window.stayed = true")
    page.select_option("select[name=category]", "ELDERLY")
    page.wait_for_selector(".q-on a.x")
    assert page.url.endswith("/needs/?category=ELDERLY")
    page.fill("#list-q", "老人")
    page.press("#list-q", "Enter")
    conditions = playwright.expect(page.locator(".q-on a.x"))
    conditions.to_have_count(2)
    page.click(".q-on a.x >> nth=1")
    conditions.to_have_count(1)
    assert "category" not in page.url
    assert page.evaluate("window.stayed")
    page.go_back()
    conditions.to_have_count(2)


def test_menus_open_and_close_by_mouse_key_and_thumb(open_page: Any) -> None:
    page = open_page("/workbench/")
    account = page.locator("details.q-acct")
    account.locator("summary").click()
    assert account.get_attribute("open") is not None
    page.keyboard.press("Escape")
    assert account.get_attribute("open") is None
    for script in (True, False):
        phone = open_page("/workbench/", width=390, script=script)
        assert not phone.locator("#side").is_visible()
        phone.click("a[data-menu]")
        phone.wait_for_selector("#side", state="visible")


def test_pages_fit_a_phone_and_charts_are_drawn(open_page: Any) -> None:
    for path in ("/", "/workbench/", "/needs/", "/figures/", "/figures/delivery.direct_persons/?year=2017"):
        phone = open_page(path, width=390)
        assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
    phone.wait_for_selector("[data-bars] svg")


@pytest.mark.parametrize("width", [1280, 390])
def test_pages_pass_the_automatic_accessibility_rules(open_page: Any, width: int) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    for path in (
        "/",
        "/workbench/",
        "/needs/",
        "/figures/",
        "/figures/funds.budget/?year=2018",
        "/search/?q=老人",
    ):
        found = axe.Axe().run(open_page(path, width=width)).response["violations"]
        assert [(one["id"], one["nodes"][0]["html"]) for one in found] == [], path
