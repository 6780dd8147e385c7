"""The way down to a page of this room."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from qingdan.policies.models import NormativeDocument


def crumbs(*further: tuple[Any, str]) -> list[tuple[Any, str]]:
    return [(_("Policy documents"), reverse("policies")), *further]


def crumbs_of(document: NormativeDocument) -> list[tuple[Any, str]]:
    return crumbs((document.title, document.get_absolute_url()))
