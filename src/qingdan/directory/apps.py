from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DirectoryConfig(AppConfig):
    name = "qingdan.directory"
    label = "directory"
    verbose_name = _("directory")

    def ready(self) -> None:
        from qingdan.core import access
        from qingdan.directory import lifecycle, looks, models, queries  # noqa: F401  (the lifecycles register)

        looks.declare()
        access.register(models.Place, queries.places, search=("code", "name", "english_name"))
        access.register(models.Agency, queries.agencies, search=("name", "short_name"))
        access.register(models.SocialOrganisation, queries.organisations, search=("name", "uscc"))
        access.register(models.Person, queries.people, search=("name",))
        access.register(models.Account, queries.accounts, search=("username", "display_name"))
        access.register(models.RoleGrant, queries.grants)
