from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ActivitiesConfig(AppConfig):
    name = "qingdan.activities"
    label = "activities"
    verbose_name = _("activities")

    def ready(self) -> None:
        from qingdan.activities import figures  # noqa: F401  (declares this room's figures)
