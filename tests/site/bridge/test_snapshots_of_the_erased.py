"""Who is erased takes with them every snapshot that may hold them, and no other."""

from datetime import timedelta

import pytest

from carreau.site.applications.models import Application
from carreau.site.audit.erasure import erase
from carreau.site.bridge.models import Register
from carreau.site.bridge.snapshot import folder_of, take

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])


@pytest.mark.parametrize(("later", "kept"), [(-1, False), (0, False), (1, True)])
def test_a_snapshot_goes_that_was_taken_once_the_application_was_there(
    register: Register, later: int, kept: bool
) -> None:
    """An application loaded in the same instant as the snapshot may be in it."""
    snapshot = take(register)
    application = Application.objects.get(pk="a1")
    application.loaded = snapshot.taken + timedelta(microseconds=later)
    application.save()
    erase(application.person_id)
    snapshot.refresh_from_db()
    assert (snapshot.expired is None) == kept
    assert folder_of(snapshot.digest).exists() == kept
