from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RepliesConfig(AppConfig):
    name = "qingdan.replies"
    label = "replies"
    verbose_name = _("replies to proposals")

    def ready(self) -> None:
        from qingdan.replies import figures  # noqa: F401  (declares this room's figures)
