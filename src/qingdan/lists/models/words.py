"""Words that needs, resources and purchase items share, and how several are strung together."""

from collections.abc import Iterable

from django.db import models
from django.utils.translation import gettext_lazy as _

from qingdan.core import markup


def enumerated(words: Iterable[object]) -> str:
    """Several words, with what stands between them in the reader's language."""
    return ("、" if markup.in_chinese() else ", ").join(str(word) for word in words)


def strung(parts: Iterable[object]) -> str:
    """Several parts of a sentence, likewise."""
    return ("；" if markup.in_chinese() else "; ").join(str(part) for part in parts)


class Category(models.TextChoices):
    """What a need or a resource is about."""

    ELDERLY = "ELDERLY", _("elderly care")
    CHILDREN = "CHILDREN", _("children and youth")
    DISABILITY = "DISABILITY", _("disability support")
    RELIEF = "RELIEF", _("social relief")
    CULTURE = "CULTURE", _("culture and sport")
    GOVERNANCE = "GOVERNANCE", _("community governance")
    LEGAL = "LEGAL", _("legal aid")
    COUNSELLING = "COUNSELLING", _("counselling")
    SKILLS = "SKILLS", _("employment and skills")
    DISASTER = "DISASTER", _("disaster prevention")
    PARTY = "PARTY", _("party building")
    OTHER = "OTHER", _("other")


class TargetGroup(models.TextChoices):
    """For whom."""

    ELDERLY = "ELDERLY", _("elderly people")
    EMPTY_NEST = "EMPTY_NEST", _("elderly people living alone")
    CHILDREN = "CHILDREN", _("children")
    LEFT_BEHIND = "LEFT_BEHIND", _("left-behind children")
    MIGRANT_CHILDREN = "MIGRANT_CHILDREN", _("migrants' children")
    YOUTH = "YOUTH", _("young people")
    WOMEN = "WOMEN", _("women")
    DISABLED = "DISABLED", _("disabled people")
    POOR = "POOR", _("families in hardship")
    MIGRANTS = "MIGRANTS", _("migrants")
    RESIDENTS = "RESIDENTS", _("all residents")
