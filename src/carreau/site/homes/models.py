"""Homes as their last register describes them, and those to let."""

from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models
from django.db.models import Q

from carreau.site.audit.models import Audited, AuditedQuerySet

if TYPE_CHECKING:
    from carreau.site.accounts.models import Organisation


class Home(Audited):
    """A home. Rent in cents a month without charges; `left` once it is in no register any more."""

    home_id = models.CharField(max_length=80, primary_key=True)
    register = models.ForeignKey("bridge.Register", models.PROTECT, related_name="+")
    landlord = models.ForeignKey("accounts.Organisation", models.PROTECT, null=True, related_name="homes")
    residence_id = models.CharField(max_length=80)
    commune = models.CharField(max_length=5, db_index=True)
    postcode = models.CharField(max_length=5, blank=True)
    address = models.CharField(max_length=200, blank=True)
    locality = models.CharField(max_length=200, blank=True)
    kind = models.CharField(max_length=10, blank=True)
    rooms = models.PositiveSmallIntegerField(null=True)
    surface = models.PositiveSmallIntegerField(null=True)
    floor = models.SmallIntegerField(null=True)
    built = models.PositiveSmallIntegerField(null=True)
    ceiling_class = models.CharField(max_length=4, blank=True)
    energy = models.CharField(max_length=1, blank=True)
    access = models.CharField(max_length=10, blank=True)
    in_qpv = models.BooleanField(null=True)
    rent = models.PositiveIntegerField(null=True)
    rent_origin = models.CharField(max_length=10, blank=True)
    left = models.BooleanField(default=False)

    class Meta:
        ordering = ("home_id",)
        constraints = (
            models.CheckConstraint(condition=Q(rooms__isnull=True) | Q(rooms__range=(1, 9)), name="home_rooms_1_to_9"),
            models.CheckConstraint(condition=Q(surface__isnull=True) | Q(surface__gte=1), name="home_has_a_surface"),
        )

    def __str__(self) -> str:
        return self.home_id


class VacancyQuerySet(AuditedQuerySet["Vacancy"]):
    """Vacancies, as asked for."""

    def of(self, organisation: "Organisation") -> "VacancyQuerySet":
        """Those in the homes of a landlord."""
        return self.filter(home__landlord=organisation)

    def advertised(self) -> "VacancyQuerySet":
        """Those that everybody may see: open, and in a home that is still let as social housing."""
        return self.filter(state=Vacancy.State.OPEN, home__left=False)


class Vacancy(Audited):
    """A home to let. A home has one open vacancy at most."""

    class State(models.TextChoices):
        """Whether it can still be applied for."""

        OPEN = "open"
        LET = "let"
        WITHDRAWN = "withdrawn"

    vacancy_id = models.CharField(max_length=80, primary_key=True)
    home = models.ForeignKey(Home, models.PROTECT, related_name="vacancies")
    vacated = models.DateField()
    available = models.DateField()
    reserver = models.CharField(max_length=20)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    synthetic = models.BooleanField(default=False)

    objects: ClassVar[Any] = VacancyQuerySet.as_manager()

    class Meta:
        ordering = ("available", "vacancy_id")
        indexes = (models.Index(fields=["state", "available"], name="vacancy_open_by_day"),)
        constraints = (
            models.UniqueConstraint(fields=["home"], condition=Q(state="open"), name="one_open_vacancy_a_home"),
            models.CheckConstraint(condition=Q(state__in=("open", "let", "withdrawn")), name="vacancy_state_known"),
            models.CheckConstraint(condition=Q(available__gte=models.F("vacated")), name="available_once_vacated"),
        )

    def __str__(self) -> str:
        return self.vacancy_id
