from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PoliciesConfig(AppConfig):
    name = "qingdan.policies"
    label = "policies"
    verbose_name = _("policy documents")

    def ready(self) -> None:
        from qingdan.policies import figures  # noqa: F401  (declares this room's figures)
