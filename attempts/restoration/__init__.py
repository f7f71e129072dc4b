"""Bringing all keys of archived attempts to a form that a platform without this package can parse, and back.

``manage.py attempts restore-keys``, before an uninstall. See ``docs/adr/0028-restore-keys.rst``.
"""

from attempts.restoration.forms import ATTEMPT_FORM, BARE_FORM
from attempts.restoration.standing import keys_are_restored, refuse_while_restored
from attempts.restoration.survey import FormSurvey, columns_with_keys, survey_form
from attempts.restoration.walk import bare_courses, refuse_restoration, refuse_return, restore_keys

__all__ = [
    "ATTEMPT_FORM",
    "BARE_FORM",
    "FormSurvey",
    "bare_courses",
    "columns_with_keys",
    "keys_are_restored",
    "refuse_restoration",
    "refuse_return",
    "refuse_while_restored",
    "restore_keys",
    "survey_form",
]
