"""No key of the installation can be destroyed."""

from uuid import UUID

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("keyring", "0001_initial")]
    operations = [
        migrations.AddConstraint(
            model_name="key",
            constraint=models.CheckConstraint(
                condition=models.Q(("person__gte", UUID(int=1 << 32)), ("destroyed__isnull", True), _connector="OR"),
                name="key_of_the_installation_is_there",
            ),
        ),
    ]
