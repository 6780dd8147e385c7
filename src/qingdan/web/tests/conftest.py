"""The district's day, and two officers of the sample who have signed in."""

import pytest
from django.test import Client

from qingdan.core import clock
from qingdan.web.tests.cast import TODAY, account


@pytest.fixture
def day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: clock.at(TODAY, 10))


@pytest.fixture
def bureau(client: Client) -> Client:
    client.force_login(account("BUREAU"), backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def auditor(client: Client) -> Client:
    client.force_login(account("AUDIT_ADMIN"), backend="django.contrib.auth.backends.ModelBackend")
    return client
