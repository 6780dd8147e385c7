from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProgrammesConfig(AppConfig):
    name = "qingdan.programmes"
    label = "programmes"
    verbose_name = _("programmes")

    def ready(self) -> None:
        from qingdan.programmes import figures  # noqa: F401  (declares this room's figures)
