import attempts.models.fields
from attempts.compat import check_constraint
import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import simple_history.models
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='HistoricalResetPolicy',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('org', attempts.models.fields.ExactCharField(blank=True, default='', max_length=255)),
                ('course_key', attempts.models.fields.ExactCharField(blank=True, default='', max_length=255)),
                ('active', models.BooleanField(blank=True, null=True)),
                ('resets_limited', models.BooleanField(blank=True, null=True)),
                ('max_resets', models.PositiveIntegerField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(0)])),
                ('require_started', models.BooleanField(blank=True, null=True)),
                ('require_not_ended', models.BooleanField(blank=True, null=True)),
                ('require_not_passing', models.BooleanField(blank=True, null=True)),
                ('protect_passing', models.BooleanField(blank=True, null=True)),
                ('protect_new_work', models.BooleanField(blank=True, null=True)),
                ('certificates', attempts.models.fields.ExactCharField(blank=True, choices=[('block', 'Refuse the switch'), ('keep', 'Switch and keep the certificate')], max_length=16, null=True)),
                ('course_team_may_reset', models.BooleanField(blank=True, null=True)),
                ('learner_may_reset', models.BooleanField(blank=True, null=True)),
                ('notify_learner', models.BooleanField(blank=True, null=True)),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'historical reset policy',
                'verbose_name_plural': 'historical reset policies',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='LearnerCourse',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('course_key', attempts.models.fields.ExactCourseKeyField(db_index=True, max_length=255)),
                ('active_number', models.PositiveIntegerField(default=1)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='HistoricalAttemptContext',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('uuid', models.UUIDField(db_index=True, editable=False)),
                ('opened_at', models.DateTimeField(null=True)),
                ('archived_at', models.DateTimeField(null=True)),
                ('percent_grade', models.FloatField(null=True)),
                ('letter_grade', attempts.models.fields.ExactCharField(blank=True, default='', max_length=255)),
                ('passed', models.BooleanField(null=True)),
                ('completed_blocks', models.PositiveIntegerField(null=True)),
                ('completion_ratio', models.FloatField(null=True)),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('learner_course', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='attempts.learnercourse')),
            ],
            options={
                'verbose_name': 'historical attempt context',
                'verbose_name_plural': 'historical attempt contexts',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='AttemptContext',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('uuid', models.UUIDField(editable=False, unique=True)),
                ('opened_at', models.DateTimeField(null=True)),
                ('archived_at', models.DateTimeField(null=True)),
                ('percent_grade', models.FloatField(null=True)),
                ('letter_grade', attempts.models.fields.ExactCharField(blank=True, default='', max_length=255)),
                ('passed', models.BooleanField(null=True)),
                ('completed_blocks', models.PositiveIntegerField(null=True)),
                ('completion_ratio', models.FloatField(null=True)),
                ('rows', models.JSONField(default=dict)),
                ('learner_course', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='attempts', to='attempts.learnercourse')),
            ],
        ),
        migrations.CreateModel(
            name='ResetPolicy',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('org', attempts.models.fields.ExactCharField(blank=True, default='', max_length=255)),
                ('course_key', attempts.models.fields.ExactCharField(blank=True, default='', max_length=255)),
                ('active', models.BooleanField(blank=True, null=True)),
                ('resets_limited', models.BooleanField(blank=True, null=True)),
                ('max_resets', models.PositiveIntegerField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(0)])),
                ('require_started', models.BooleanField(blank=True, null=True)),
                ('require_not_ended', models.BooleanField(blank=True, null=True)),
                ('require_not_passing', models.BooleanField(blank=True, null=True)),
                ('protect_passing', models.BooleanField(blank=True, null=True)),
                ('protect_new_work', models.BooleanField(blank=True, null=True)),
                ('certificates', attempts.models.fields.ExactCharField(blank=True, choices=[('block', 'Refuse the switch'), ('keep', 'Switch and keep the certificate')], max_length=16, null=True)),
                ('course_team_may_reset', models.BooleanField(blank=True, null=True)),
                ('learner_may_reset', models.BooleanField(blank=True, null=True)),
                ('notify_learner', models.BooleanField(blank=True, null=True)),
            ],
            options={
                'verbose_name_plural': 'reset policies',
                'constraints': [models.UniqueConstraint(fields=('org', 'course_key'), name='attempts_one_policy'), check_constraint(condition=models.Q(('org', ''), ('course_key', ''), _connector='OR'), name='attempts_policy_scope'), check_constraint(condition=models.Q(models.Q(('max_resets__isnull', False), ('resets_limited', True), ('resets_limited__isnull', False)), models.Q(models.Q(('resets_limited__isnull', True), ('resets_limited', False), _connector='OR'), ('max_resets__isnull', True)), _connector='OR'), name='attempts_policy_limit')],
            },
        ),
        migrations.CreateModel(
            name='AttemptOperation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('kind', attempts.models.fields.ExactCharField(choices=[('reset', 'Reset'), ('undo', 'Undo'), ('activate', 'Activate')], max_length=16)),
                ('course_key', attempts.models.fields.ExactCourseKeyField(max_length=255)),
                ('comment', models.CharField(blank=True, max_length=255)),
                ('overridden', models.JSONField(default=list)),
                ('status', attempts.models.fields.ExactCharField(choices=[('enqueued', 'Enqueued'), ('in_progress', 'In progress'), ('complete', 'Complete'), ('failed', 'Failed')], default='enqueued', max_length=16)),
                ('in_flight', models.BooleanField(default=True, null=True)),
                ('created', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('started_at', models.DateTimeField(null=True)),
                ('completed_at', models.DateTimeField(null=True)),
                ('error_code', attempts.models.fields.ExactCharField(blank=True, max_length=64)),
                ('error', models.TextField(blank=True)),
                ('idempotency_key', attempts.models.fields.ExactCharField(max_length=287, null=True, unique=True)),
                ('rows', models.JSONField(default=dict)),
                ('from_attempt', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='attempts.attemptcontext')),
                ('learner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('requested_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('to_attempt', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='attempts.attemptcontext')),
                ('undoes', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='attempts.attemptoperation')),
            ],
            options={
                'indexes': [models.Index(fields=['in_flight', 'created'], name='attempts_operation_in_flight')],
                'constraints': [models.UniqueConstraint(fields=('learner', 'course_key', 'in_flight'), name='attempts_one_in_flight'), check_constraint(condition=models.Q(models.Q(('in_flight', True), ('in_flight__isnull', False), ('status__in', ['enqueued', 'in_progress'])), models.Q(('in_flight__isnull', True), ('status__in', ['complete', 'failed'])), _connector='OR'), name='attempts_in_flight_is_status'), check_constraint(condition=models.Q(('kind__in', ['reset', 'undo', 'activate'])), name='attempts_kind_known'), check_constraint(condition=models.Q(models.Q(('status', 'complete'), _negated=True), models.Q(('completed_at__isnull', False), ('from_attempt__isnull', False), ('to_attempt__isnull', False)), _connector='OR'), name='attempts_complete_knows_attempts')],
            },
        ),
        migrations.AddConstraint(
            model_name='learnercourse',
            constraint=models.UniqueConstraint(fields=('user', 'course_key'), name='attempts_one_identity'),
        ),
        migrations.AddConstraint(
            model_name='learnercourse',
            constraint=check_constraint(condition=models.Q(('active_number__gte', 1)), name='attempts_active_from_1'),
        ),
        migrations.AddConstraint(
            model_name='attemptcontext',
            constraint=models.UniqueConstraint(fields=('learner_course', 'number'), name='attempts_one_number'),
        ),
        migrations.AddConstraint(
            model_name='attemptcontext',
            constraint=check_constraint(condition=models.Q(('number__gte', 1)), name='attempts_number_from_1'),
        ),
    ]
