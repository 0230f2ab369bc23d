"""Addresses of the pages that follow long work."""

from django.urls import path

from carreau.site.jobs import views

urlpatterns = [
    path("", views.jobs, name="jobs"),
    path("<uuid:pk>/", views.job, name="job"),
    path("<uuid:pk>/annuler", views.cancel, name="job_cancel"),
    path("<uuid:pk>/recommencer", views.retry, name="job_retry"),
]
