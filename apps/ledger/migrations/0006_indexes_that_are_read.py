import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('connectors', '0003_framed_payloads'),
        ('ledger', '0005_balance_checked_once_an_entry'),
        ('practice', '0003_write_off_limit'),
    ]

    operations = [
        migrations.AlterField(
            model_name='entry',
            name='key',
            field=models.CharField(help_text='Names the cause, so that it cannot be posted twice', max_length=120),
        ),
        migrations.AlterField(
            model_name='entry',
            name='transmission',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='connectors.transmission'),
        ),
        migrations.AlterField(
            model_name='leg',
            name='payer',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='practice.payer'),
        ),
        migrations.AddConstraint(
            model_name='entry',
            constraint=models.UniqueConstraint(fields=('key',), name='entry_once'),
        ),
    ]
