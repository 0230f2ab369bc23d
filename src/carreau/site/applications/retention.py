"""An application that was struck off stays for the time of the national file, then its person is erased."""

from carreau.site.applications.models import Application
from carreau.site.audit.retention import erase_people, register

register(Application, "unique_number", "struck_off", erase_people)
