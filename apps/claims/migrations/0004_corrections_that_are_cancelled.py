from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("claims", "0003_who_wants_drug_numbers")]

    operations = [
        migrations.AddField(
            model_name="correction",
            name="status_before",
            field=models.CharField(
                default="denied",
                help_text="Where the claim stood, and stands again if this is cancelled",
                max_length=16,
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="correction",
            name="cancel_reason",
            field=models.CharField(
                blank=True, help_text="Why it was cancelled; empty: it was not", max_length=200, default=""
            ),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name="correction",
            name="closed_at",
            field=models.DateTimeField(
                blank=True, help_text="When the payer was asked (reopening), or it was cancelled", null=True
            ),
        ),
    ]
