"""Addresses of a landlord's homes to let, of the candidates for each, and of one's own application."""

from django.urls import path

from carreau.site.applications import views, why

urlpatterns = [
    path("", views.vacancies, name="vacancies"),
    path("<str:vacancy_id>/", views.candidates, name="candidates"),
    path("<str:vacancy_id>/demandes/", why.explain_find, name="explain_find"),
    path("<str:vacancy_id>/demandes/<str:number>/", why.explain_candidate, name="explain_candidate"),
]

own_patterns = [
    path("", why.own, name="own_application"),
    path("pourquoi/<str:vacancy_id>/", why.why_not_me, name="why_not_me"),
]
