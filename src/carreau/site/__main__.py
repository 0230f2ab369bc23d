"""Django's own commands, for developers: `python -m carreau.site migrate`."""

import os
import sys

from django.core.management import execute_from_command_line

from carreau.site.config.environment import Environment, make_home

make_home(Environment.read().home)
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "carreau.site.config.settings")
execute_from_command_line([f"{sys.executable} -m carreau.site", *sys.argv[1:]])
