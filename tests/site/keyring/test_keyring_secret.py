"""Where the secret of the keyring comes from, and that no key stays in the file once destroyed."""

import subprocess
import sys
from pathlib import Path

from tests.installations import clean_environment

from carreau.site.config.environment import Environment, make_home

PROGRAM = """
import django
from pathlib import Path

from tests.installations import clean_environment
from uuid import uuid4
django.setup()
from django.conf import settings
from django.core.management import call_command
call_command("migrate", "keyring", database="keyring", verbosity=0)
from carreau.site.keyring.keys import destroy, seal
from carreau.site.keyring.models import Key
def found(what):
    return any(what in file.read_bytes() for file in Path(settings.ENVIRONMENT.home).glob("keyring.sqlite3*"))
somebody = uuid4()
seal(somebody, "somebody")
wrapped = bytes(Key.objects.get(person=somebody).wrapped)
assert found(wrapped)
destroy(somebody)
print(found(wrapped))
"""


def test_a_new_folder_has_two_secrets_that_only_its_owner_reads(tmp_path: Path) -> None:
    assert Environment.read({"CARREAU_HOME": str(tmp_path)}).keyring_secrets == ()
    make_home(tmp_path)
    environment = Environment.read({"CARREAU_HOME": str(tmp_path)})
    assert len(environment.keyring_secrets) == 1
    assert environment.secret not in environment.keyring_secrets
    assert (tmp_path / "keyring-secret").stat().st_mode & 0o777 == 0o600
    make_home(tmp_path)
    assert Environment.read({"CARREAU_HOME": str(tmp_path)}).keyring_secrets == environment.keyring_secrets


def test_while_it_changes_the_one_before_is_known_too(tmp_path: Path) -> None:
    make_home(tmp_path)
    (tmp_path / "keyring-secret.previous").write_text("the one before\n")
    given = {"CARREAU_HOME": str(tmp_path)}
    assert Environment.read(given).keyring_secrets[1] == "the one before"
    given |= {"KEYRING_SECRET": "new", "KEYRING_SECRET_PREVIOUS": "old"}
    assert Environment.read(given).keyring_secrets == ("new", "old")


def test_a_destroyed_key_is_not_left_in_the_file_nor_in_its_journal(tmp_path: Path) -> None:
    make_home(tmp_path)
    environment = {
        **clean_environment(),
        "CARREAU_HOME": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "carreau.site.config.settings",
    }
    ran = subprocess.run([sys.executable, "-c", PROGRAM], env=environment, capture_output=True, text=True, check=False)
    assert (ran.stdout, ran.stderr) == ("False\n", "")
