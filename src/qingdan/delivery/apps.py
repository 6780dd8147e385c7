from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DeliveryConfig(AppConfig):
    name = "qingdan.delivery"
    label = "delivery"
    verbose_name = _("delivery")

    def ready(self) -> None:
        from qingdan.delivery import figures  # noqa: F401  (declares this room's figures)
