"""Many questions for one application at the same moment: the limit holds, and none is asked twice."""

import threading
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.db import connection, connections
from tests.allocation.territories import application, home, vacancy

from carreau.allocation.explain_limits import LIMITS
from carreau.register.territory import Territory
from carreau.site.applications.models import Application, Question
from carreau.site.applications.questions import TooOften, ask
from carreau.site.bridge.demonstration import rank
from carreau.site.bridge.importing import import_register
from carreau.site.bridge.loading import load_applications, load_vacancies
from carreau.site.homes.models import Vacancy
from carreau.site.jobs.models import Job

pytestmark = pytest.mark.django_db(databases=["default", "keyring"], transaction=True)
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
A_DAY = LIMITS[0][1]
ASKED = 2 * A_DAY


@pytest.fixture
def ranked(town: Callable[..., Territory]) -> None:
    """More homes than may be asked about in a day, ranked for one application."""
    folder = town(
        homes=[home(f"h{n}", landlord_id="one") for n in range(ASKED)],
        vacancies=[vacancy(f"v{n}", f"h{n}") for n in range(ASKED)],
        applications=[application("a")],
    )
    register = import_register(folder)
    load_vacancies(folder.table("vacancies").collect())
    load_applications(folder)
    rank(register)


def at_once(vacancies: list[str]) -> Counter[str]:
    """What came of a question about each of these homes, all asked at the same moment."""
    start, found = threading.Barrier(len(vacancies)), Counter[str]()

    def one(vacancy_id: str) -> None:
        try:
            connection.ensure_connection()
            start.wait()
            ask(Application.objects.get(pk="a"), Vacancy.objects.get(pk=vacancy_id), NOW)
            found["asked"] += 1
        except TooOften:
            found["too often"] += 1
        except Exception as error:
            found[repr(error)] += 1
        finally:
            connections.close_all()

    threads = [threading.Thread(target=one, args=[vacancy_id]) for vacancy_id in vacancies]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


@pytest.mark.usefixtures("ranked")
def test_no_more_than_the_limit_get_through() -> None:
    found = at_once([f"v{n}" for n in range(ASKED)])
    assert found == {"asked": A_DAY, "too often": ASKED - A_DAY}
    assert Question.objects.count() == Job.objects.filter(kind="explain").count() == A_DAY


@pytest.mark.usefixtures("ranked")
def test_the_same_question_twice_at_once_is_one() -> None:
    assert at_once(["v0"] * ASKED) == {"asked": ASKED}
    assert Question.objects.count() == Job.objects.filter(kind="explain").count() == 1
