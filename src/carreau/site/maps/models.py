"""Which releases are published."""

from django.db import models

from carreau.site.audit.models import Audited


class Published(Audited):
    """A protected release that everybody may see. `folder` is relative to the installation's home."""

    name = models.CharField(max_length=200)
    reference_date = models.DateField()
    folder = models.CharField(max_length=200)
    digest = models.CharField(max_length=64, unique=True)
    facts = models.JSONField()
    published = models.DateTimeField(auto_now_add=True)
    withdrawn = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-reference_date", "-published", "pk")

    def __str__(self) -> str:
        return f"{self.name} {self.reference_date}"
