"""Addresses of a landlord's homes to let and of the candidates for each."""

from django.urls import path

from carreau.site.applications import views

urlpatterns = [
    path("", views.vacancies, name="vacancies"),
    path("<str:vacancy_id>/", views.candidates, name="candidates"),
]
