"""The table of addresses: each room brings its own."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("i18n/", include("django.conf.urls.i18n")),
    path("", include("qingdan.web.urls")),
    path("", include("qingdan.directory.urls")),
    path("", include("qingdan.documents.urls")),
    path("", include("qingdan.policies.urls")),
    path("", include("qingdan.funds.urls")),
    path("", include("qingdan.activities.urls")),
    path("", include("qingdan.lists.urls")),
    path("", include("qingdan.programmes.urls")),
    path("", include("qingdan.calls.urls")),
    path("", include("qingdan.contracts.urls")),
    path("", include("qingdan.delivery.urls")),
    path("", include("qingdan.replies.urls")),
]

handler400 = "qingdan.web.errors.bad_request"
handler403 = "qingdan.web.errors.refused"
handler404 = "qingdan.web.errors.not_found"
handler500 = "qingdan.web.errors.broken"
