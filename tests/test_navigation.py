"""What stands in the sidebar, the public navigation and the quick acts opens for whoever is shown it."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from qingdan.directory.models import Account
from qingdan.directory.roles import Role

pytestmark = pytest.mark.django_db
LINK = re.compile(r'href="(/[^"#]*)"')


def links_of(page: str) -> set[str]:
    """Addresses in the navigation, in the list of what waits and in what is beside it; files and signing out aside."""
    return {
        link
        for link in LINK.findall(page)
        if not link.startswith(("/static/", "/sign-out/", "/i18n/")) and "/xlsx" not in link
    }


@pytest.mark.parametrize("role", [None, *Role.values])
def test_every_link_of_the_first_page_opens(sample: None, role: str | None) -> None:
    client = Client()
    first = "home"
    if role is not None:
        account = Account.objects.filter(grants__role=role, grants__state="GRANTED", is_active=True).first()
        assert account is not None, f"the sample district has nobody with the role {role}"
        client.force_login(account, "django.contrib.auth.backends.ModelBackend")
        first = "workbench"
    page = client.get(reverse(first))
    assert page.status_code == 200
    links = links_of(page.content.decode())
    assert len(links) > 5
    closed = {
        link: status for link in sorted(links) if (status := client.get(link).status_code) not in (200, 302)
    }
    assert closed == {}


def test_unmet_needs_orders_and_rules_are_found_in_the_sidebar(sample: None) -> None:
    for role, names in {
        "STREET": {"unmet", "matches", "rules", "match-proposals"},
        "COMMUNITY": {"unmet", "matches", "rules"},
        "BUREAU": {"unmet", "matches", "rules", "planning", "match-proposals"},
        "ORGANISATION": {"matches", "rules"},
        "RESIDENT": set(),
    }.items():
        client = Client()
        account = Account.objects.filter(grants__role=role, grants__state="GRANTED").first()
        assert account is not None
        client.force_login(account, "django.contrib.auth.backends.ModelBackend")
        links = links_of(client.get(reverse("workbench")).content.decode())
        shown = {
            name for name in ("unmet", "matches", "planning", "match-proposals") if reverse(name) in links
        }
        assert shown == names - {"rules"}, role
        assert reverse("rules") in links
