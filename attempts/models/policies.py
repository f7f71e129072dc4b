"""Who may be reset, how often, and what protects an attempt from being put away."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q

from attempts.compat import check_constraint
from attempts.exceptions import AttemptsError
from attempts.keys import checked_course_key
from attempts.models.base import Attributed, Kept, KeptHistoricalQuerySet, KeptHistory
from attempts.models.fields import KEY_LENGTH, ORG_LENGTH, ExactCharField


class CertificateRule(models.TextChoices):
    """What an earned certificate means for a switch."""

    BLOCK = "block", "Refuse the switch"
    KEEP = "keep", "Switch and keep the certificate"


class Pacing(models.TextChoices):
    """Courses of which pacing a reset is for."""

    ANY = "any", "Any"
    SELF_PACED = "self_paced", "Self-paced only"
    INSTRUCTOR_PACED = "instructor_paced", "Instructor-paced only"


class ExperimentRule(models.TextChoices):
    """What a new attempt does about the random groups of content experiments."""

    KEEP = "keep", "Keep the groups"
    REDRAW = "redraw", "Draw again"


class ScheduleRule(models.TextChoices):
    """What a new attempt does about the personal schedule of a self-paced course."""

    RESTART = "restart", "Start it with the attempt"
    KEEP = "keep", "Keep it"


class GradeRule(models.TextChoices):
    """Which attempt's grade counts."""

    LATEST = "latest", "That of the active attempt"
    BEST = "best", "The best"
    FIRST = "first", "That of the first attempt"
    CHOSEN = "chosen", "Chosen by staff"


class ResetPolicy(Attributed, Kept):
    """The policy of the whole instance (both scope columns empty), of an organisation or of a course.

    Every other column may be null, which leaves the question to the wider policy; see
    ``attempts.policies.effective``.

    .. pii: The id of the request by which it was last changed, which leads to the host's logs.
    .. pii_types: other
    .. pii_retirement: local_api
    """

    org = ExactCharField(max_length=ORG_LENGTH, blank=True, default="")
    #: The plain course key as text, empty for a wider policy: a key field cannot say "none" in a constraint.
    course_key = ExactCharField(max_length=KEY_LENGTH, blank=True, default="")

    #: Resets are possible at all (opt-in).
    active = models.BooleanField(null=True, blank=True)
    #: False: any number of resets. True: at most ``max_resets``.
    resets_limited = models.BooleanField(null=True, blank=True)
    max_resets = models.PositiveIntegerField(null=True, blank=True, validators=[MinValueValidator(0)])
    require_started = models.BooleanField(null=True, blank=True)
    require_not_ended = models.BooleanField(null=True, blank=True)
    require_not_passing = models.BooleanField(null=True, blank=True)
    pacing = ExactCharField(max_length=16, null=True, blank=True, choices=Pacing.choices)
    #: Undo and activate do not put away a passing attempt.
    protect_passing = models.BooleanField(null=True, blank=True)
    #: Undo and activate do not put away an attempt in which the learner has worked.
    protect_new_work = models.BooleanField(null=True, blank=True)
    certificates = ExactCharField(max_length=16, null=True, blank=True, choices=CertificateRule.choices)
    experiments = ExactCharField(max_length=16, null=True, blank=True, choices=ExperimentRule.choices)
    schedule = ExactCharField(max_length=16, null=True, blank=True, choices=ScheduleRule.choices)
    course_team_may_reset = models.BooleanField(null=True, blank=True)
    learner_may_reset = models.BooleanField(null=True, blank=True)
    notify_learner = models.BooleanField(null=True, blank=True)
    grade_of_record = ExactCharField(max_length=16, null=True, blank=True, choices=GradeRule.choices)
    #: Names of the fields that narrower policies cannot decide otherwise.
    locked = models.JSONField(default=list, blank=True)
    #: Names of the fields whose values come from the settings that a course's authors made in Studio.
    from_course_settings = models.JSONField(default=list, blank=True, editable=False)
    history = KeptHistory(bases=[Kept], historical_queryset=KeptHistoricalQuerySet)

    class Meta:
        verbose_name_plural = "reset policies"
        constraints = [
            models.UniqueConstraint(fields=["org", "course_key"], name="attempts_one_policy"),
            check_constraint(name="attempts_policy_scope", condition=Q(org="") | Q(course_key="")),
            check_constraint(
                name="attempts_policy_limit",
                condition=Q(resets_limited__isnull=False, resets_limited=True, max_resets__isnull=False)
                | (Q(resets_limited__isnull=True) | Q(resets_limited=False)) & Q(max_resets__isnull=True),
            ),
        ]

    @classmethod
    def decided_fields(cls) -> tuple[str, ...]:
        """Return the names of what a policy decides."""
        return tuple(field.name for field in cls._meta.fields if field.null and field.name != "resets_limited")

    def clean(self) -> None:
        """Refuse a course key that no course with attempts has, and locks on what a policy does not decide."""
        super().clean()
        names = self.decided_fields()
        if not (isinstance(self.locked, list) and all(name in names for name in self.locked)):
            raise ValidationError({"locked": f"A list of names is due, of: {', '.join(names)}."})
        if self.course_key:
            try:
                self.course_key = str(checked_course_key(self.course_key))
            except AttemptsError as error:
                raise ValidationError({"course_key": error.detail}) from error

    def __str__(self) -> str:
        return f"policy of {self.course_key or self.org or 'the instance'}"


class CourseSettingsReport(Kept):
    """What became of the settings that a course's authors made in Studio. Only a change of it is written.

    .. no_pii:
    """

    course_key = ExactCharField(max_length=KEY_LENGTH, unique=True)
    #: Null until the settings have been looked at: the row is the lock under which that is done.
    reported_at = models.DateTimeField(null=True)
    #: List of objects with code, field and detail; the details quote what the authors wrote.
    problems = models.JSONField(default=list)
    history = KeptHistory(bases=[Kept], historical_queryset=KeptHistoricalQuerySet)

    def __str__(self) -> str:
        return f"settings of {self.course_key}"
