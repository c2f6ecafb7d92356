"""What was noted on one claim or patient is found at once."""

from django.db import migrations, models

from apps.core.index_building import BuildIndex


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("worklist", "0002_notes_without_a_task")]

    operations = [
        BuildIndex(
            model_name="worknote",
            index=models.Index(condition=models.Q(("about", ""), _negated=True), fields=["about"], name="work_note_about"),
        )
    ]
