"""What was found, let go and denied within a quarter is read without all that came before."""

from django.contrib.postgres.indexes import BrinIndex
from django.db import migrations, models
from django.db.models import Q

from apps.core.index_building import BuildIndex


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("claims", "0006_rule_books")]

    operations = [
        BuildIndex("finding", BrinIndex(autosummarize=True, fields=["found_at"], name="finding_by_time")),
        BuildIndex(
            "finding",
            models.Index(condition=Q(state="overridden"), fields=["rule", "settled_at"], name="finding_overridden"),
        ),
        BuildIndex(
            "claim",
            models.Index(
                condition=Q(denied_on_first_remittance=True), fields=["first_adjudicated_at"], name="claim_denied_at_first"
            ),
        ),
    ]
