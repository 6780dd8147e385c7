from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WebConfig(AppConfig):
    name = "qingdan.web"
    label = "web"
    verbose_name = _("pages across the rooms")

    def ready(self) -> None:
        from qingdan.web import traces

        traces.register()
