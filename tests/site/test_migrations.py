"""The database has the constraints that the models say."""

import pytest
from django.core.management import call_command


@pytest.mark.django_db(databases=["default", "keyring"])
def test_no_model_differs_from_its_migrations() -> None:
    """Else a constraint taken out of a model, or put in, would hold in the one place and not in the other."""
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)
