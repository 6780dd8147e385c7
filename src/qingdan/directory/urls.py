"""Addresses of the directory."""

from django.urls import path

from qingdan.core.import_pages import ImportPage
from qingdan.directory import tables
from qingdan.directory.pages import accounts, organisations, people, places, sign_in

urlpatterns = [
    path("sign-in/", sign_in.sign_in, name="sign-in"),
    path("sign-in/sample/<int:pk>/", sign_in.sample_sign_in, name="sample-sign-in"),
    path("sign-out/", sign_in.sign_out, name="sign-out"),
    path("account/", sign_in.my_account, name="my-account"),
    path("account/password/", sign_in.my_password, name="my-password"),
    path("places/", places.places, name="places"),
    path("places/new/", places.place_new, name="place-new"),
    path("places/<str:code>/", places.place, name="place"),
    path("places/<str:code>/edit/", places.place_edit, name="place-edit"),
    path("agencies/", places.agencies, name="agencies"),
    path("agencies/new/", places.agency_new, name="agency-new"),
    path("agencies/<slug:code>/", places.agency, name="agency"),
    path("agencies/<slug:code>/edit/", places.agency_edit, name="agency-edit"),
    path("organisations/", organisations.organisations, name="organisations"),
    path("organisations/new/", organisations.organisation_new, name="organisation-new"),
    *ImportPage(tables.ORGANISATIONS, back="organisations").urls("organisations/import/"),
    path("organisations/<int:pk>/", organisations.organisation, name="organisation"),
    path("organisations/<int:pk>/edit/", organisations.organisation_edit, name="organisation-edit"),
    path(
        "organisations/<int:pk>/contacts/", organisations.organisation_contacts, name="organisation-contacts"
    ),
    path(
        "organisations/<int:pk>/standing/<str:verb>/",
        organisations.organisation_standing,
        name="organisation-standing",
    ),
    path("organisations/<int:pk>/grade/", organisations.organisation_grade, name="organisation-grade"),
    path(
        "organisations/<int:pk>/inspection/",
        organisations.organisation_inspection,
        name="organisation-inspection",
    ),
    path("organisations/<int:pk>/credit/", organisations.organisation_credit, name="organisation-credit"),
    path(
        "organisations/<int:pk>/registration/",
        organisations.organisation_registration,
        name="organisation-registration",
    ),
    path("credit-records/<int:pk>/end/", organisations.credit_end, name="credit-end"),
    path("people/", people.people, name="people"),
    path("people/new/", people.person_new, name="person-new"),
    path("people/<int:pk>/", people.person, name="person"),
    path("people/<int:pk>/edit/", people.person_edit, name="person-edit"),
    path("people/<int:pk>/number/", people.person_number, name="person-number"),
    path("accounts/", accounts.accounts, name="accounts"),
    path("accounts/new/", accounts.account_new, name="account-new"),
    path("accounts/<int:pk>/", accounts.account, name="account"),
    path("accounts/<int:pk>/lock/", accounts.account_lock, name="account-lock"),
    path("accounts/<int:pk>/password/", accounts.account_password, name="account-password"),
    path("roles/", accounts.role_grants, name="role-grants"),
    path("roles/new/", accounts.role_grant_new, name="role-grant-new"),
    path("roles/<int:pk>/", accounts.role_grant, name="role-grant"),
]
