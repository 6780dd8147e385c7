import gc
from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CoreConfig(AppConfig):
    name = "qingdan.core"
    label = "core"
    verbose_name = _("core")

    def ready(self) -> None:
        # Rows by the ten thousand are no garbage, but at Python's 700 every few of them are searched for it.
        gc.set_threshold(20_000, 20, 20)
        import_module("qingdan.core.tables.background")  # the jobs of the house itself are declared there
