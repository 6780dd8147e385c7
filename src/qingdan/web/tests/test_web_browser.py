"""The frame in a real browser against a real server: menus, keys, a list exchanged in place, accessibility rules.

The server is that of the stories (`tests/browser.py`), so what is changed here is seen by them.
"""

import io
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect
from pypdf import PdfReader

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def signed_in(server: str, browser: Any) -> list[Any]:
    """The cookies of a bureau officer."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{server}/sign-in/")
    page.fill("input[name=username]", "bureau")
    page.fill("input[name=password]", "sample-2018")
    page.press("input[name=password]", "Enter")
    page.wait_for_url("**/workbench/**")
    cookies: list[Any] = context.cookies()
    context.close()
    return cookies


@pytest.fixture
def open_page(server: str, browser: Any, signed_in: list[Any]) -> Iterator[Any]:
    """Opens pages as the officer; afterwards the console must have said nothing."""
    said: list[str] = []
    contexts = []

    def open_(path: str, width: int = 1280, script: bool = True, language: str = "en") -> Any:
        context = browser.new_context(viewport={"width": width, "height": 800}, java_script_enabled=script)
        contexts.append(context)
        context.add_cookies([*signed_in, {"name": "qingdan_language", "value": language, "url": server}])
        page = context.new_page()
        page.on("console", lambda line: said.append(line.text) if line.type in {"error", "warning"} else None)
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(server + path)
        return page

    yield open_
    for context in contexts:
        context.close()
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
    conditions = expect(page.locator(".q-on a.x"))
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
        frames = phone.eval_on_selector_all(".q-listed", "all => all.map(o => o.scrollWidth - o.clientWidth)")
        assert [over for over in frames if over > 0] == [], path
    phone.wait_for_selector("[data-bars] svg")


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_frame_and_deadlines_hold_in_both_languages(open_page: Any, language: str) -> None:
    desk = open_page("/workbench/", language=language)
    parts = desk.eval_on_selector_all(
        ".q-due",
        "all => all.map(one => [...one.children].map(part => part.getBoundingClientRect().toJSON()))",
    )
    assert parts
    for words, day in parts:
        assert words["right"] <= day["left"], "the words of a deadline run into its day"
    desk.context.clear_cookies(name="sessionid")
    desk.goto(desk.url.replace("/workbench/", "/"))
    tops = desk.eval_on_selector_all(
        ".q-nav > a", "all => all.filter(a => a.offsetParent).map(a => a.offsetHeight)"
    )
    assert len(set(tops)) == 1, "an entry of the public navigation wraps"
    assert desk.evaluate("document.documentElement.scrollWidth <= innerWidth")
    phone = open_page("/workbench/", width=390, language=language)
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_one_page_is_one_sheet_of_a4(open_page: Any, language: str) -> None:
    printed = open_page("/one-page/", language=language).pdf(prefer_css_page_size=True)
    pages = PdfReader(io.BytesIO(printed)).pages
    assert len(pages) == 1
    assert [round(float(side) / 72 * 25.4) for side in pages[0].mediabox[2:]] == [210, 297]


@pytest.mark.parametrize("width", [1280, 390])
def test_pages_pass_the_automatic_accessibility_rules(open_page: Any, width: int) -> None:
    for path in (
        "/",
        "/workbench/",
        "/one-page/",
        "/needs/",
        "/figures/",
        "/figures/funds.budget/?year=2018",
        "/search/?q=老人",
    ):
        found = Axe().run(open_page(path, width=width)).response["violations"]
        assert [(one["id"], one["nodes"][0]["html"]) for one in found] == [], path
