"""The site's settings under test: an installation in a temporary folder, and hashes that cost little."""

import os
import tempfile
from pathlib import Path

os.environ["CARREAU_HOME"] = tempfile.mkdtemp(prefix="carreau-tests-")
Path(os.environ["CARREAU_HOME"], "static").mkdir()
os.environ["KEYRING_SECRET"] = "a secret of the tests"
os.environ.pop("CARREAU_HOSTS", None)
os.environ["CARREAU_SECOND_FACTOR"] = "0"  # tests of accounts demand it

from carreau.site.config.settings import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {  # files as they are in the tree, not collected
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
