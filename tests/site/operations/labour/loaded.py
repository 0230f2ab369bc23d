"""Loads the site as `carreau.site.jobs.worker` does, in the process that workers are forked from."""

import django
from django.core.management import load_command_class

django.setup()
load_command_class("django_tasks_db", "db_worker")
