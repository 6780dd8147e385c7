"""The record of an uploaded file; its content lies under MEDIA_ROOT by its digest."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class StoredFile(models.Model):
    """A file that belongs to a record of another room, named by `owner` as `app.model:key`."""

    district = models.CharField(_("district"), max_length=6)
    owner = models.CharField(_("owner of the file"), max_length=120, db_index=True)
    name = models.CharField(_("file name"), max_length=150)
    media_type = models.CharField(_("media type"), max_length=100)
    size = models.PositiveBigIntegerField(_("size in bytes"))
    sha256 = models.CharField(_("digest (SHA-256)"), max_length=64, db_index=True)
    sm3 = models.CharField(_("digest (SM3)"), max_length=64)
    actor = models.CharField(_("actor"), max_length=100)
    created = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("stored file")
        verbose_name_plural = _("stored files")
        ordering = ["owner", "created", "pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def owner_kind(self) -> str:
        return self.owner.partition(":")[0]

    @property
    def owner_key(self) -> str:
        return self.owner.partition(":")[2]
