"""Columns and indexes for lists, provenance of writes, locks and pacing in policies."""

from __future__ import annotations

from typing import Any

import attempts.models.fields
from django.conf import settings
from django.db import migrations, models
from opaque_keys.edx.locator import CourseLocator


def fill(apps: Any, _schema_editor: Any) -> None:
    """Copy what an attempt's identity row and an operation's key say into the new columns; a statement per course."""
    contexts = apps.get_model("attempts", "AttemptContext").objects
    operations = apps.get_model("attempts", "AttemptOperation").objects
    identities = apps.get_model("attempts", "LearnerCourse").objects
    for key in identities.order_by().values_list("course_key", flat=True).distinct():
        contexts.filter(learner_course__course_key=key).update(course_key=key, org=key.org)
    for key in operations.order_by().values_list("course_key", flat=True).distinct():
        operations.filter(course_key=key).update(org=key.org)


class Migration(migrations.Migration):

    dependencies = [
        ('attempts', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='attemptcontext',
            name='course_key',
            # Replaced by `fill`. Null at first and altered later, MySQL and MariaDB would forget the collation.
            field=attempts.models.fields.ExactCourseKeyField(default=CourseLocator('no', 'such', 'run'), max_length=255),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='attemptcontext',
            name='org',
            field=attempts.models.fields.ExactCharField(default='', max_length=255),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='attemptoperation',
            name='client',
            field=attempts.models.fields.ExactCharField(blank=True, default='', editable=False, max_length=255),
        ),
        migrations.AddField(
            model_name='attemptoperation',
            name='org',
            field=attempts.models.fields.ExactCharField(default='', max_length=255),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='attemptoperation',
            name='request_id',
            field=attempts.models.fields.ExactCharField(blank=True, default='', editable=False, max_length=128),
        ),
        migrations.AddField(
            model_name='attemptoperation',
            name='role',
            field=attempts.models.fields.ExactCharField(blank=True, default='', editable=False, max_length=128),
        ),
        migrations.AddField(
            model_name='historicalresetpolicy',
            name='client',
            field=attempts.models.fields.ExactCharField(blank=True, default='', editable=False, max_length=255),
        ),
        migrations.AddField(
            model_name='historicalresetpolicy',
            name='locked',
            field=models.JSONField(blank=True, default=list),
        ),
        migrations.AddField(
            model_name='historicalresetpolicy',
            name='pacing',
            field=attempts.models.fields.ExactCharField(blank=True, choices=[('any', 'Any'), ('self_paced', 'Self-paced only'), ('instructor_paced', 'Instructor-paced only')], max_length=16, null=True),
        ),
        migrations.AddField(
            model_name='historicalresetpolicy',
            name='request_id',
            field=attempts.models.fields.ExactCharField(blank=True, default='', editable=False, max_length=128),
        ),
        migrations.AddField(
            model_name='historicalresetpolicy',
            name='role',
            field=attempts.models.fields.ExactCharField(blank=True, default='', editable=False, max_length=128),
        ),
        migrations.AddField(
            model_name='resetpolicy',
            name='client',
            field=attempts.models.fields.ExactCharField(blank=True, default='', editable=False, max_length=255),
        ),
        migrations.AddField(
            model_name='resetpolicy',
            name='locked',
            field=models.JSONField(blank=True, default=list),
        ),
        migrations.AddField(
            model_name='resetpolicy',
            name='pacing',
            field=attempts.models.fields.ExactCharField(blank=True, choices=[('any', 'Any'), ('self_paced', 'Self-paced only'), ('instructor_paced', 'Instructor-paced only')], max_length=16, null=True),
        ),
        migrations.AddField(
            model_name='resetpolicy',
            name='request_id',
            field=attempts.models.fields.ExactCharField(blank=True, default='', editable=False, max_length=128),
        ),
        migrations.AddField(
            model_name='resetpolicy',
            name='role',
            field=attempts.models.fields.ExactCharField(blank=True, default='', editable=False, max_length=128),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name='attemptcontext',
            index=models.Index(fields=['opened_at', 'id'], name='attempts_context_opened'),
        ),
        migrations.AddIndex(
            model_name='attemptcontext',
            index=models.Index(fields=['archived_at', 'id'], name='attempts_context_archived'),
        ),
        migrations.AddIndex(
            model_name='attemptcontext',
            index=models.Index(fields=['percent_grade', 'id'], name='attempts_context_grade'),
        ),
        migrations.AddIndex(
            model_name='attemptcontext',
            index=models.Index(fields=['passed', 'id'], name='attempts_context_passed'),
        ),
        migrations.AddIndex(
            model_name='attemptcontext',
            index=models.Index(fields=['number', 'id'], name='attempts_context_number'),
        ),
        migrations.AddIndex(
            model_name='attemptcontext',
            index=models.Index(fields=['course_key', 'id'], name='attempts_context_course'),
        ),
        migrations.AddIndex(
            model_name='attemptcontext',
            index=models.Index(fields=['course_key', 'opened_at', 'id'], name='attempts_in_course_opened'),
        ),
        migrations.AddIndex(
            model_name='attemptcontext',
            index=models.Index(fields=['course_key', 'archived_at', 'id'], name='attempts_in_course_archived'),
        ),
        migrations.AddIndex(
            model_name='attemptcontext',
            index=models.Index(fields=['course_key', 'percent_grade', 'id'], name='attempts_in_course_grade'),
        ),
        migrations.AddIndex(
            model_name='attemptcontext',
            index=models.Index(fields=['course_key', 'passed', 'id'], name='attempts_in_course_passed'),
        ),
        migrations.AddIndex(
            model_name='attemptcontext',
            index=models.Index(fields=['org', 'id'], name='attempts_context_org'),
        ),
        migrations.AddIndex(
            model_name='attemptcontext',
            index=models.Index(fields=['org', 'opened_at', 'id'], name='attempts_in_org_opened'),
        ),
        migrations.AddIndex(
            model_name='attemptcontext',
            index=models.Index(fields=['org', 'archived_at', 'id'], name='attempts_in_org_archived'),
        ),
        migrations.AddIndex(
            model_name='attemptcontext',
            index=models.Index(fields=['org', 'percent_grade', 'id'], name='attempts_in_org_grade'),
        ),
        migrations.AddIndex(
            model_name='attemptcontext',
            index=models.Index(fields=['org', 'passed', 'id'], name='attempts_in_org_passed'),
        ),
        migrations.AddIndex(
            model_name='attemptoperation',
            index=models.Index(fields=['created', 'id'], name='attempts_operation_created'),
        ),
        migrations.AddIndex(
            model_name='attemptoperation',
            index=models.Index(fields=['completed_at', 'id'], name='attempts_operation_completed'),
        ),
        migrations.AddIndex(
            model_name='attemptoperation',
            index=models.Index(fields=['status', 'created', 'id'], name='attempts_operation_status'),
        ),
        migrations.AddIndex(
            model_name='attemptoperation',
            index=models.Index(fields=['kind', 'created', 'id'], name='attempts_operation_kind'),
        ),
        migrations.AddIndex(
            model_name='attemptoperation',
            index=models.Index(fields=['requested_by', 'created', 'id'], name='attempts_operation_requester'),
        ),
        migrations.AddIndex(
            model_name='attemptoperation',
            index=models.Index(fields=['course_key', 'created', 'id'], name='attempts_operation_course'),
        ),
        migrations.AddIndex(
            model_name='attemptoperation',
            index=models.Index(fields=['course_key', 'completed_at', 'id'], name='attempts_operation_course_done'),
        ),
        migrations.AddIndex(
            model_name='attemptoperation',
            index=models.Index(fields=['org', 'created', 'id'], name='attempts_operation_org'),
        ),
        migrations.AddIndex(
            model_name='attemptoperation',
            index=models.Index(fields=['org', 'completed_at', 'id'], name='attempts_operation_org_done'),
        ),
    ]
