"""A resident opens the site."""

import pytest

pytestmark = pytest.mark.browser


def test_the_front_page_opens_in_chinese_with_its_styles(visit):
    answer = visit.open("/")
    assert answer.status == 200
    assert visit.page.locator("html").get_attribute("lang").lower() == "zh-hans"
    assert visit.page.locator("h1").count() == 1
    sheets = visit.page.evaluate("[...document.styleSheets].map(s => s.cssRules.length > 0)")
    assert sheets
    assert all(sheets)
    width = visit.page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert width[0] <= width[1], "the page is wider than the screen"
