"""An officer signs in, opens the reply of 2018, and follows one of its numbers down to a record."""

import pytest

pytestmark = pytest.mark.browser


def sign_in(visit, name):
    visit.open("/sign-in/")
    visit.page.get_by_role("button", name=name).click()
    visit.page.wait_for_url("**/workbench/**")


def test_from_signing_in_to_the_letter_and_from_a_number_to_its_records(visit):
    page = visit.page
    sign_in(visit, "陈示例")

    visit.open("/proposals/")
    page.locator("main a[href='/proposals/cppcc-9-2/92137/']").first.click()
    page.locator("main a[href^='/letters/']").first.click()
    page.wait_for_url("**/letters/**")

    # the sheet: every number is a door; this one no longer agrees with today's records
    number = page.locator("a.f", has_text="410").first
    number.click()
    page.wait_for_url("**figure=22**")
    panel = page.locator("aside")
    assert "410" in panel.inner_text()
    assert "409" in panel.inner_text()

    # from the number to the figure as it was on the letter's day
    door = page.locator("a[href*='/figures/delivery.direct_persons/']").first
    page.goto(visit.address + door.get_attribute("href"))
    assert "410" in page.locator(".q-big").first.inner_text()

    # and to one of the records behind it
    record = page.locator("main a[href^='/services/records/']").first
    record.click()
    page.wait_for_url("**/services/records/**")
    assert "儿童照护、陪护服务" in page.locator("main").inner_text()


def test_a_stranger_reads_the_letter_but_not_who_was_served(visit):
    page = visit.page
    visit.open("/replies/")
    page.locator("main a[href^='/letters/']").first.click()
    page.wait_for_url("**/letters/**")
    assert page.locator("a.f").count() >= 29
    answer = visit.open("/figures/delivery.direct_persons/?year=2017&as_of=2018-06-29")
    assert answer.status == 200
    assert page.locator("main a[href^='/services/records/']").count() == 0
