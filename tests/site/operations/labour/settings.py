"""The site as it is installed, with kinds of work for the tests and less patience."""

from carreau.site.config.settings import *  # noqa: F403

INSTALLED_APPS = [*INSTALLED_APPS, "tests.site.operations.labour"]  # noqa: F405
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
