"""The house's addresses, with stand-ins for pages that other rooms bring."""

from django.http import HttpResponse
from django.urls import NoReverseMatch, path, reverse

from qingdan.config.urls import urlpatterns as house
from qingdan.core.gate import public

STAND_INS = (("figures/<str:key>/", "figure", ["a.b"]), ("sign-in/", "sign-in", []))

urlpatterns = list(house)
for route, name, arguments in STAND_INS:
    try:
        reverse(name, args=arguments, urlconf="qingdan.config.urls")
    except NoReverseMatch:
        urlpatterns.append(path(route, public(lambda request, **kwargs: HttpResponse()), name=name))
