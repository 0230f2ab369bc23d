"""Addresses of an organisation's registers."""

from django.urls import path

from carreau.site.bridge import views

urlpatterns = [
    path("", views.registers, name="registers"),
    path("envoyer/", views.send, name="send_register"),
    path("<int:pk>/classer/", views.rank, name="rank_candidates"),
    path("<int:pk>/publier/", views.publish, name="publish_release"),
]
