"""What every page shows around its content. Nothing is computed before a template asks for it."""

from functools import cached_property
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.utils import translation
from django.utils.translation import gettext as _

from qingdan.core import clock, markup
from qingdan.core.models import JournalHead
from qingdan.directory.models import Account, Agency, AgencyKind, Place
from qingdan.web import nav, workbench

_HTML_LANG = {"zh-hans": "zh-Hans", "en": "en"}
_NAMES = {"zh-hans": "中文", "en": "English"}


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context processor: the frame of a page as `shell`."""
    return {"shell": Shell(request)}


class Shell:
    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.user = getattr(request, "user", None)

    # ── language ────────────────────────────────────────────────────────────

    @cached_property
    def language(self) -> str:
        return "en" if (translation.get_language() or "").startswith("en") else "zh-hans"

    @property
    def html_lang(self) -> str:
        return _HTML_LANG[self.language]

    @property
    def other_language(self) -> str:
        return "zh-hans" if self.language == "en" else "en"

    @property
    def other_html_lang(self) -> str:
        return _HTML_LANG[self.other_language]

    @property
    def other_language_name(self) -> str:
        return _NAMES[self.other_language]

    # ── whose installation, which day ───────────────────────────────────────

    @property
    def sample(self) -> bool:
        return bool(settings.DEMO)

    @cached_property
    def _district(self) -> Any:
        return Place.objects.filter(code=settings.DISTRICT).first()

    @property
    def district_name(self) -> str:
        place = self._district
        if place is None:
            return ""
        if self.language == "en" and place.english_name:
            return str(place.english_name)
        return str(place.name)

    @property
    def district_short(self) -> str:
        place = self._district
        return str(place.short_name) if place and self.language != "en" else self.district_name

    @cached_property
    def agency_name(self) -> str:
        agency = Agency.objects.filter(district=settings.DISTRICT, kind=AgencyKind.BUREAU).first()
        return str(agency.name) if agency else ""

    @property
    def today_words(self) -> str:
        weekdays = [
            _("Monday"),
            _("Tuesday"),
            _("Wednesday"),
            _("Thursday"),
            _("Friday"),
            _("Saturday"),
            _("Sunday"),
        ]
        today = clock.today()
        parts = [markup.day(today), weekdays[today.weekday()]]
        return " ".join(parts) if self.language != "en" else ", ".join(reversed(parts))

    # ── who ─────────────────────────────────────────────────────────────────

    @property
    def signed_in(self) -> bool:
        return bool(self.user and self.user.is_authenticated)

    @property
    def who(self) -> str:
        """Name and first role, for the account menu."""
        if not isinstance(self.user, Account):
            return ""
        return markup.dots([self.user, *(grant.get_role_display() for grant in self.user.current_grants[:1])])

    @cached_property
    def desk(self) -> str:
        """The office, organisation or place for which the person works here."""
        if not isinstance(self.user, Account):
            return ""
        if body := self.user.agency or self.user.organisation:
            return str(body)
        return next((grant.place.local_name for grant in self.user.current_grants if grant.place), "")

    @property
    def frame(self) -> str:
        """For pages that exist inside and outside: the workbench for those who signed in."""
        return "workbench.html" if self.signed_in else "public.html"

    @property
    def sign_in_url(self) -> str | None:
        return nav.address_of("workbench" if self.signed_in else "sign-in")

    @property
    def sign_in_label(self) -> str:
        return _("Workbench") if self.signed_in else _("Staff sign-in")

    @property
    def sign_out_url(self) -> str | None:
        return nav.address_of("sign-out")

    # ── where to ────────────────────────────────────────────────────────────

    @cached_property
    def public_nav(self) -> list[dict[str, Any]]:
        return nav.shown(nav.PUBLIC, self.request)

    @cached_property
    def footer(self) -> list[dict[str, Any]]:
        return nav.shown(nav.FOOTER, self.request)

    @cached_property
    def account_menu(self) -> list[dict[str, Any]]:
        return nav.shown(nav.ACCOUNT, self.request)

    @cached_property
    def sidebar(self) -> list[dict[str, Any]]:
        """The sections with what waits. Counts are kept until the journal grows, a minute at most."""
        counts = self._counts()
        first = nav.shown([nav.Entry(_("Workbench"), "workbench")], self.request)
        for entry in first:
            entry["count"] = counts.get("workbench")
            entry["hot"] = bool(entry["count"])
        sections: list[dict[str, Any]] = [{"label": "", "entries": first}]
        for section in nav.WORKBENCH:
            entries = nav.shown(section.entries, self.request)
            for entry in entries:
                entry["count"] = counts.get(entry["url"])
            if entries:
                sections.append({"label": section.label, "entries": entries})
        return sections

    def _counts(self) -> dict[str, int]:
        if not self.signed_in:
            return {}
        head = JournalHead.objects.filter(district=settings.DISTRICT).values_list("hash", flat=True).first()
        key = f"sidebar:{self.user.actor_key}:{head}:{clock.today()}" if head and self.user else None
        counts = cache.get(key) if key else None
        if counts is None:
            counts = {"workbench": len(workbench.waiting(self.user))}
            for section in nav.WORKBENCH:
                for entry in section.entries:
                    url = nav.address_of(entry.url_name)
                    if entry.count and url:
                        counts[url] = entry.count(self.user)
            if key:
                cache.set(key, counts, 60)
        return counts
