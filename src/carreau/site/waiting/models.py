"""Public tables of waiting times, and which places each covers."""

from django.db import models

from carreau.site.audit.models import Audited


class WaitingTable(Audited):
    """A protected table (`carreau.release.tables.Table`) that everybody may see: its rows and facts, rounded."""

    name = models.CharField(max_length=200)
    reference_date = models.DateField()
    rows = models.JSONField()
    facts = models.JSONField()
    digest = models.CharField(max_length=64, unique=True)
    published = models.DateTimeField(auto_now_add=True)
    withdrawn = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-reference_date", "name", "pk")

    def __str__(self) -> str:
        return f"{self.name} {self.reference_date}"


class Covered(Audited):
    """A place that a table tells of. One table a year: two that cut the same households otherwise could be compared."""

    table = models.ForeignKey(WaitingTable, models.PROTECT, related_name="covers")
    commune = models.CharField(max_length=5)
    year = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ("commune", "-year")
        constraints = (models.UniqueConstraint(fields=["commune", "year"], name="one_waiting_table_a_year"),)

    def __str__(self) -> str:
        return f"{self.commune} {self.year}"
