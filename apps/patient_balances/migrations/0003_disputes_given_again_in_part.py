from django.db import migrations, models
from django.db.models import F


def given_again_whole(apps, schema_editor):
    """What was given again before a part was told apart was taken as whole, and is posted so."""
    disputes = apps.get_model("patient_balances", "CardDispute")
    disputes.objects.filter(restored_at__isnull=False).update(restored_amount=F("amount"))


class Migration(migrations.Migration):

    dependencies = [
        ('patient_balances', '0002_card_disputes'),
    ]

    operations = [
        migrations.AddField(
            model_name='carddispute',
            name='restored_amount',
            field=models.DecimalField(decimal_places=2, default=0, help_text='How much of the amount the bank has given again', max_digits=12),
        ),
        migrations.RunPython(given_again_whole, migrations.RunPython.noop),
    ]
