import django.db.models.deletion
from django.db import migrations, models


def each_in_a_row(apps, schema_editor):
    """What was given again so far was posted at one time."""
    disputes = apps.get_model("patient_balances", "CardDispute")
    returns = apps.get_model("patient_balances", "DisputeReturn")
    posted = disputes.objects.filter(restoring_entry__isnull=False).values_list("pk", "restored_amount", "restoring_entry")
    returns.objects.bulk_create(
        returns(dispute_id=dispute, amount=amount, entry_id=entry) for dispute, amount, entry in posted
    )


class Migration(migrations.Migration):

    dependencies = [
        ('ledger', '0006_legs_of_closed_months'),
        ('patient_balances', '0004_email_is_spelled_one_way'),
    ]

    operations = [
        migrations.AddField(
            model_name='carddispute',
            name='unclear_at',
            field=models.DateTimeField(blank=True, help_text='When money moved once more in a way that the books do not follow', null=True),
        ),
        migrations.AlterField(
            model_name='carddispute',
            name='restored_amount',
            field=models.DecimalField(decimal_places=2, default=0, help_text='How much of the amount the bank has given again, all told', max_digits=12),
        ),
        migrations.CreateModel(
            name='DisputeReturn',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('amount', models.DecimalField(decimal_places=2, max_digits=12)),
                ('dispute', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='returns', to='patient_balances.carddispute')),
                ('entry', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.entry')),
            ],
        ),
        migrations.RunPython(each_in_a_row, migrations.RunPython.noop),
    ]
