"""Email, as the pages spell it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("practice", "0005_enrollments"),
    ]

    operations = [
        migrations.AlterField(
            model_name="practice",
            name="messaging_name",
            field=models.CharField(
                help_text="The name in texts and emails. It must not reveal a specialty.", max_length=40
            ),
        ),
    ]
