"""Applications for a home, the candidates that the engine ranked, and what was asked and answered about them."""

from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from carreau.site.audit.models import Audited, AuditedQuerySet
from carreau.site.keyring.fields import SealedTextField

if TYPE_CHECKING:
    from carreau.site.accounts.models import Organisation


class Application(Audited):
    """An application, until it is `struck_off`.

    `facts` is the row of `register.tables.Applications` as JSON, sealed under the person's key.
    """

    class State(models.TextChoices):
        """Whether it is still looking."""

        ACTIVE = "active"
        HOUSED = "housed"
        WITHDRAWN = "withdrawn"
        ERASED = "erased"

    number = models.CharField(max_length=40, primary_key=True)
    person = models.ForeignKey("accounts.Person", models.PROTECT, related_name="applications")
    department = models.CharField(max_length=3)
    filed = models.DateField()
    seniority_from = models.DateField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.ACTIVE)
    facts = SealedTextField(person="person_id")
    synthetic = models.BooleanField(default=False)
    loaded = models.DateTimeField(auto_now_add=True)
    struck_off = models.DateField(null=True)
    personal = ("facts",)

    class Meta:
        ordering = ("number",)
        constraints = (
            models.CheckConstraint(
                condition=Q(state__in=("active", "housed", "withdrawn", "erased")), name="application_state_known"
            ),
            models.CheckConstraint(
                condition=Q(seniority_from__lte=models.F("filed")), name="seniority_not_after_filing"
            ),
        )

    def __str__(self) -> str:
        return self.number


class CandidateQuerySet(AuditedQuerySet["Candidate"]):
    """Candidates, as asked for."""

    def of(self, organisation: "Organisation") -> "CandidateQuerySet":
        """Those for the homes of a landlord."""
        return self.filter(vacancy__home__landlord=organisation)


class Candidate(Audited):
    """An application's rank for a vacancy, as a result of the engine proposed it. A commission decides, not this.

    `breakdown` is a JSON list of (criterion, points), sealed: it can tell a disability or violence.
    """

    vacancy = models.ForeignKey("homes.Vacancy", models.CASCADE, related_name="candidates")
    application = models.ForeignKey(Application, models.PROTECT, related_name="candidacies")
    person = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    result = models.ForeignKey("bridge.Result", models.PROTECT, related_name="candidates")
    rank = models.PositiveSmallIntegerField()
    points = models.IntegerField(null=True)
    eligible_count = models.PositiveIntegerField()
    decided_by = models.CharField(max_length=20)
    breakdown = SealedTextField(person="person_id")
    personal = ("breakdown",)

    objects: ClassVar[Any] = CandidateQuerySet.as_manager()

    class Meta:
        ordering = ("vacancy_id", "rank")
        constraints = (
            models.UniqueConstraint(fields=["vacancy", "rank"], name="one_candidate_a_rank"),
            models.UniqueConstraint(fields=["vacancy", "application"], name="one_rank_a_candidate"),
            models.CheckConstraint(condition=Q(rank__gte=1), name="ranks_begin_at_one"),
        )

    def __str__(self) -> str:
        return f"{self.vacancy_id} {self.rank}"


class Question(Audited):
    """Somebody asked why an application was presented for a home or not, in the ranking that `result` is of.

    Rows are only ever added: they are what questions are counted by. It is about the applicant, whoever asked.
    """

    application = models.ForeignKey(Application, models.PROTECT, related_name="questions")
    person = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    vacancy = models.ForeignKey("homes.Vacancy", models.PROTECT, related_name="+")
    result = models.ForeignKey("bridge.Result", models.PROTECT, related_name="+")
    asked = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("-asked", "-pk")
        constraints = (
            models.UniqueConstraint(fields=["application", "vacancy", "result"], name="one_question_a_home_ranked"),
        )

    def __str__(self) -> str:
        return f"{self.application_id} {self.vacancy_id}"


class Answer(Audited):
    """What was answered to a question, sealed (see `answers.written`). Rows are only ever added.

    Once the person is erased nobody can read it.
    """

    question = models.OneToOneField(Question, models.PROTECT, related_name="answer")
    person = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    told = SealedTextField(person="person_id")
    given = models.DateTimeField(default=timezone.now)
    personal = ("told",)

    class Meta:
        ordering = ("-given", "-pk")

    def __str__(self) -> str:
        return f"answer {self.question_id}"
