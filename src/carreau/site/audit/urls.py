"""Addresses of the audit log."""

from django.urls import path

from carreau.site.audit import views

urlpatterns = [
    path("", views.log, name="audit"),
    path("export", views.export, name="audit_export"),
]
