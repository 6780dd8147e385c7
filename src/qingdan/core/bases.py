"""What records have in common, as abstract models."""

import datetime as dt
from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from qingdan.core.clock import end_of


class DistrictOwned(models.Model):
    """A record of one district. Its unique constraints include the code, so that tables can be split by it."""

    district = models.CharField(_("district"), max_length=6, db_index=True)

    class Meta:
        abstract = True


class StandingQuerySet(models.QuerySet[Any]):
    def standing(self, as_of: dt.date) -> Self:
        """What had been confirmed by the end of `as_of` and had not been withdrawn by then."""
        moment = end_of(as_of)
        return self.filter(
            Q(withdrawn_at__isnull=True) | Q(withdrawn_at__gte=moment), confirmed_at__lt=moment
        )


class Confirmable(models.Model):
    """A fact that counts from its confirmation until it is withdrawn.

    Corrections never overwrite: a wrong record is withdrawn with a reason and a right one is confirmed, so a
    figure asked for an earlier day still answers what was known then.
    """

    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True, db_index=True)
    confirmed_by = models.CharField(_("confirmed by"), max_length=80, blank=True)
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)
    withdrawn_reason = models.CharField(_("reason of withdrawal"), max_length=200, blank=True)

    objects: models.Manager[Any] = StandingQuerySet.as_manager()

    class Meta:
        abstract = True

    @property
    def stands(self) -> bool:
        return self.confirmed_at is not None and self.withdrawn_at is None
