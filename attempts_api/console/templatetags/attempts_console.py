"""What the console's templates need beyond Django's tags."""

from __future__ import annotations

from datetime import datetime, timedelta

from django import template
from django.conf import settings
from django.utils.formats import date_format, number_format
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.timesince import timesince
from django.utils.timezone import localtime, now
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from attempts.data import AttemptData
from attempts_api.console.assets import asset_url
from attempts_api.console.attempts.addresses import address
from attempts_api.console.learners.advice import about_failure
from attempts_api.console.learners.rows import page_of
from attempts_api.console.sentences import in_words
from attempts_api.console.words import check_word, role_word

register = template.Library()
register.simple_tag(asset_url, name="asset")
register.filter(in_words)
register.filter(role_word)
register.filter(check_word)


@register.simple_tag
def attempt_url(attempt: AttemptData) -> str:
    """Return the address of the page of an attempt."""
    return address("attempt", attempt)


@register.simple_tag
def learner_course_url(attempt: AttemptData) -> str:
    """Return the address of the page of an attempt's learner, at its course."""
    return page_of(attempt.learner.username, attempt)


@register.simple_tag
def moment(when: datetime) -> str:
    """Return a time for people, in the time zone of the host, with the one for programs."""
    here = localtime(when)
    return format_html(
        '<time datetime="{}">{} {}</time>', when.isoformat(), date_format(here, "DATETIME_FORMAT"), here.tzname()
    )


@register.filter
def percent(ratio: float | None) -> str:
    """Return a ratio, 0.0 to 1.0, in percent as the language writes it; empty for None."""
    return "" if ratio is None else _("%(number)s%%") % {"number": number_format(round(ratio * 100), decimal_pos=0)}


@register.filter
def lasting(seconds: float) -> str:
    """Return a time span in words: in seconds below a minute, else in the two largest units."""
    whole = round(seconds)
    if whole < 60:
        return ngettext("%(count)d second", "%(count)d seconds", whole) % {"count": whole}
    moment = now()
    return timesince(moment - timedelta(seconds=whole), moment)


@register.filter
def what_to_do(error_code: str) -> Promise:
    """Return what to do about an operation that has failed with this code."""
    return about_failure(error_code)


@register.simple_tag
def csrf_cookie() -> str:
    """Return the name of the cookie in which a script finds the newest token; empty if no script may read it."""
    hidden = settings.CSRF_USE_SESSIONS or settings.CSRF_COOKIE_HTTPONLY
    return "" if hidden else settings.CSRF_COOKIE_NAME


@register.simple_tag
def paged(address: str, number: int) -> str:
    """Return the address of a page of a list, of an address with a query or without."""
    return f"{address}{'&' if '?' in address else '?'}page={number}"
