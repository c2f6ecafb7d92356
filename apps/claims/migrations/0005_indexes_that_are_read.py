import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('claims', '0004_contract_verdict'),
        ('connectors', '0003_framed_payloads'),
        ('intake', '0004_counted_and_searched'),
        ('practice', '0003_write_off_limit'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='adjudication',
            name='claims_adju_claim_i_e79945_idx',
        ),
        migrations.AlterField(
            model_name='adjudication',
            name='key',
            field=models.CharField(help_text='Transmission, payment, CLP and SVC position', max_length=120),
        ),
        migrations.AlterField(
            model_name='adjudication',
            name='payer',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='practice.payer'),
        ),
        migrations.AlterField(
            model_name='adjudication',
            name='transmission',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='connectors.transmission'),
        ),
        migrations.AlterField(
            model_name='batchclaim',
            name='batch',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='members', to='claims.batch'),
        ),
        migrations.AlterField(
            model_name='claim',
            name='encounter',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='claims', to='intake.encounter'),
        ),
        migrations.AlterField(
            model_name='claimevent',
            name='actor',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='claimevent',
            name='claim',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='events', to='claims.claim'),
        ),
        migrations.AlterField(
            model_name='claimevent',
            name='transmission',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='connectors.transmission'),
        ),
        migrations.AddConstraint(
            model_name='adjudication',
            constraint=models.UniqueConstraint(fields=('key',), name='adjudication_once'),
        ),
    ]
