from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CoreConfig(AppConfig):
    name = "qingdan.core"
    label = "core"
    verbose_name = _("core")

    def ready(self) -> None:
        import_module("qingdan.core.tables.background")  # the jobs of the house itself are declared there
