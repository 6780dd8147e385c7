"""What the limits of the public pages count."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class SenderMark(models.Model):
    """That somebody sent something, for the limits of the public pages; kept for a day."""

    key = models.CharField(_("digest of the sender"), max_length=64)
    act = models.CharField(_("act"), max_length=16)
    at = models.DateTimeField(_("time"))

    class Meta:
        verbose_name = _("mark of a sender")
        verbose_name_plural = _("marks of senders")
        indexes = [models.Index(fields=["key", "act", "at"], name="core_sender_mark")]

    def __str__(self) -> str:
        return f"{self.act} {self.at:%Y-%m-%d %H:%M}"
