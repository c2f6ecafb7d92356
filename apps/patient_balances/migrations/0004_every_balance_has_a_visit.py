import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("intake", "0001_initial"), ("patient_balances", "0003_balances_know_their_visit")]

    operations = [
        migrations.AlterField(
            model_name="balance",
            name="encounter",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="balances", to="intake.encounter"
            ),
        ),
        migrations.AddConstraint(
            model_name="balance",
            constraint=models.UniqueConstraint(
                condition=models.Q(("claim", None)), fields=("encounter",), name="self_pay_balance_once"
            ),
        ),
    ]
