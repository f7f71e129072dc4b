"""How the host's mails look and where they come from.

In an LMS the platform's own helpers are used, found by name when a mail is sent; elsewhere plain settings.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.template import TemplateDoesNotExist
from django.template.loader import get_template
from django.utils.module_loading import import_string
from edx_ace.message import MessageType
from opaque_keys.edx.keys import CourseKey

from attempts.host.models import host_model, is_installed

_BASE_MESSAGE_TYPE = "openedx.core.djangoapps.ace_common.message.BaseMessageType"
_BASE_CONTEXT = "openedx.core.djangoapps.ace_common.template_context.get_base_template_context"
_REQUEST = "openedx.core.lib.celery.task_utils.emulate_http_request"
#: The preference in which the platform keeps a learner's language.
_LANGUAGE = "pref-lang"


def base_message_type() -> type[MessageType]:
    """Return the platform's type of message, which knows the site's sender, or the library's."""
    return _of_platform(_BASE_MESSAGE_TYPE) or MessageType


def base_template(part: str) -> str:
    """Return the name of the template that a mail's ``body`` or ``head`` extends: the platform's, or our own."""
    wanted = f"ace_common/edx_ace/common/base_{part}.html"
    try:
        get_template(wanted)
    except TemplateDoesNotExist:
        return f"attempts/edx_ace/base_{part}.html"
    return wanted


@contextmanager
def site_of(org: str, user: Any) -> Iterator[Any]:
    """Do something as if in a request of a user to the site of an organisation; yield the site, None if there are none.

    The platform's theming, sender and names hang on the current request.
    """
    site = _site(org)
    request = _of_platform(_REQUEST)
    if request is None:
        yield site
    else:
        with request(site=site, user=user):
            yield site


def mail_context(site: Any) -> dict[str, Any]:
    """Return what templates of mails need to know of the site."""
    context = {
        "platform_name": site_value(site, "PLATFORM_NAME", getattr(settings, "PLATFORM_NAME", "Open edX")),
        "contact_email": site_value(site, "CONTACT_EMAIL", getattr(settings, "CONTACT_EMAIL", "")),
    }
    base_context = _of_platform(_BASE_CONTEXT)
    return {**context, **base_context(site)} if base_context else context


def course_url(site: Any, course_key: CourseKey) -> str:
    """Return the address at which a learner goes on with a course."""
    root = site_value(site, "LMS_ROOT_URL", getattr(settings, "LMS_ROOT_URL", ""))
    return f"{root.rstrip('/')}/courses/{quote(str(course_key), safe=':+@')}/course/"


def site_value(site: Any, name: str, default: Any) -> Any:
    """Return a value of a site's configuration."""
    configuration = getattr(site, "configuration", None)
    return configuration.get_value(name, default) if configuration else default


def language_of(user_id: int) -> str | None:
    """Return the language that a learner chose, None if she chose none; one statement."""
    if not is_installed("user_api.UserPreference"):
        return None
    rows = host_model("user_api.UserPreference").objects.filter(user_id=user_id, key=_LANGUAGE)
    return rows.values_list("value", flat=True).first() or None


def _site(org: str) -> Any:
    if is_installed("site_configuration.SiteConfiguration"):
        model = host_model("site_configuration.SiteConfiguration")
        configuration = model.get_configuration_for_org(org, select_related=["site"])
        if configuration:
            return configuration.site
    return host_model("sites.Site").objects.get_current() if is_installed("sites.Site") else None


def _of_platform(path: str) -> Any:
    """What the platform has by a name, None outside of it."""
    try:
        return import_string(path)
    except ModuleNotFoundError:
        return None
