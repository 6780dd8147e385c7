"""Signing in and out, the lock after failures, the language, and the panel of sample accounts."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from qingdan.core import journal
from qingdan.directory import acts
from qingdan.directory.models import Account
from qingdan.directory.tests.cast import PASSWORD, Cast

SIGN_IN = "/sign-in/"


def sign_in(client: Client, name: str = "bureau", password: str = PASSWORD, **more: str) -> Any:
    return client.post(SIGN_IN, {"username": name, "password": password, **more})


def test_signing_in_and_out_is_journaled(cast: Cast, client: Client) -> None:
    answer = sign_in(client)
    assert answer.status_code == 302
    assert answer.url == reverse("workbench")
    assert client.get(reverse("my-account")).status_code == 200
    assert client.get(reverse("sign-out")).status_code == 405
    client.post(reverse("sign-out"))
    assert client.get(reverse("my-account")).status_code == 302
    assert [e.verb for e in journal.history(cast.bureau)][:2] == ["account.sign-out", "account.sign-in"]


def test_one_goes_on_to_the_page_that_was_asked_for_but_to_no_other_site(cast: Cast, client: Client) -> None:
    assert client.get("/people/").url.startswith(SIGN_IN)
    assert sign_in(client, next="/people/").url == "/people/"
    client.post(reverse("sign-out"))
    assert sign_in(client, next="https://example.com/").url == reverse("workbench")


@pytest.mark.parametrize(("name", "password"), [("bureau", "wrong"), ("nobody", PASSWORD), ("", "")])
def test_a_wrong_name_or_password_is_said_in_words(
    cast: Cast, client: Client, name: str, password: str
) -> None:
    answer = sign_in(client, name, password)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()
    assert client.get(reverse("my-account")).status_code == 302
    noted = "account.sign-in-failed" in {e.verb for e in journal.history(cast.bureau)}
    assert noted == (name == "bureau")


def test_a_locked_account_cannot_sign_in(cast: Cast, client: Client) -> None:
    Account.objects.filter(pk=cast.bureau.pk).update(is_active=False)
    assert sign_in(client).status_code == 422


def test_after_five_failures_the_name_waits(cast: Cast, client: Client, settings: Any) -> None:
    settings.AXES_ENABLED = True
    answers = [sign_in(client, password="wrong") for _n in range(4)]
    assert {a.status_code for a in answers} == {422}
    assert "1" in answers[-1].context["tries"]
    assert "2" in answers[-2].context["tries"]
    last = sign_in(client, password="wrong")
    assert last.status_code == 429
    assert last.context["locked"]
    assert "15" in last.content.decode()
    assert sign_in(client).status_code == 429, "even the right password waits"
    assert sign_in(client, "street").status_code == 302, "another name does not"


def test_the_language_of_the_account_is_taken_unless_the_browser_chose(cast: Cast, client: Client) -> None:
    Account.objects.filter(pk=cast.bureau.pk).update(language="en")
    sign_in(client)
    assert client.cookies["qingdan_language"].value == "en"
    client.post(reverse("sign-out"))
    client.cookies["qingdan_language"] = "zh-hans"
    sign_in(client)
    assert client.cookies["qingdan_language"].value == "zh-hans"


def test_one_keeps_the_own_language_and_changes_the_own_password(cast: Cast, client: Client) -> None:
    client.force_login(cast.street)
    client.post(reverse("my-account"), {"language": "en"})
    cast.street.refresh_from_db()
    assert cast.street.language == "en"
    url = reverse("my-password")
    for current, new in (("wrong", "another-sample-2018"), (PASSWORD, "short")):
        assert client.post(url, {"current": current, "password": new}).status_code == 422
    assert client.post(url, {"current": PASSWORD, "password": "another-sample-2018"}).status_code == 302
    assert client.get(reverse("my-account")).status_code == 200, "the session goes on"
    cast.street.refresh_from_db()
    assert cast.street.check_password("another-sample-2018")


def test_an_open_session_ends_when_the_account_is_locked(cast: Cast, client: Client) -> None:
    sign_in(client, "street")
    assert client.get(reverse("my-account")).status_code == 200
    acts.lock_account(actor=cast.sys_admin, account=cast.street, reason="离岗")
    assert client.get(reverse("my-account")).status_code == 302


# ── samples ──


def test_without_demo_there_is_no_panel_and_no_door(cast: Cast, client: Client, settings: Any) -> None:
    settings.DEMO = False
    page = client.get(SIGN_IN)
    assert page.context["samples"] == []
    assert "sample/" not in page.content.decode()
    assert client.post(reverse("sample-sign-in", args=[cast.bureau.pk])).status_code == 404
    assert client.get(reverse("my-account")).status_code == 302


def test_in_a_demo_one_click_signs_in_as_a_sample_person(cast: Cast, client: Client, settings: Any) -> None:
    settings.DEMO = True
    page = client.get(SIGN_IN).content.decode()
    url = reverse("sample-sign-in", args=[cast.street.pk])
    assert url in page
    assert client.get(url).status_code == 405
    assert client.post(url).status_code == 302
    assert client.get(reverse("my-account")).context["account"] == cast.street
    assert "account.sign-in" in {e.verb for e in journal.history(cast.street)}


def test_even_in_a_demo_only_open_sample_accounts_have_the_door(
    cast: Cast, client: Client, settings: Any
) -> None:
    settings.DEMO = True
    Account.objects.filter(pk=cast.bureau.pk).update(is_sample=False)
    Account.objects.filter(pk=cast.street.pk).update(is_active=False)
    for account in (cast.bureau, cast.street):
        assert client.post(reverse("sample-sign-in", args=[account.pk])).status_code == 404
