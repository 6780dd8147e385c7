from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ListsConfig(AppConfig):
    name = "qingdan.lists"
    label = "lists"
    verbose_name = _("the three lists")

    def ready(self) -> None:
        from qingdan.lists import figures  # noqa: F401  (declares this room's figures)
        from qingdan.lists.lifecycle import (  # noqa: F401  (the lives register)
            items,
            matches,
            needs,
            plans,
            proposals,
            resources,
        )
