from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FundsConfig(AppConfig):
    name = "qingdan.funds"
    label = "funds"
    verbose_name = _("funds")

    def ready(self) -> None:
        from qingdan.funds import figures  # noqa: F401  (declares this room's figures)
