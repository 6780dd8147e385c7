from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PoliciesConfig(AppConfig):
    name = "qingdan.policies"
    label = "policies"
    verbose_name = _("policy documents")

    def ready(self) -> None:
        from qingdan.policies import figures, rules_basis  # noqa: F401  (declares this room's figures)

        rules_basis.register()
