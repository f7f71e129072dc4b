"""Tags for the host's own templates: ``{% load attempts %}{% attempts_banner course_key %}``."""

from __future__ import annotations

from typing import Any

from django import template
from django.template.loader import render_to_string
from django.urls import NoReverseMatch, reverse

from attempts_api.banner import banner_text

register = template.Library()


@register.simple_tag(takes_context=True)
def attempts_banner_text(context: template.Context, course_key: Any) -> str:
    """Return the sentence of :func:`attempts_api.banner.banner_text` for whoever looks at the page."""
    return banner_text(_user(context), course_key)


@register.simple_tag(takes_context=True)
def attempts_banner(context: template.Context, course_key: Any) -> str:
    """Return the sentence with a link to the learner's own page; nothing at all if there is no sentence."""
    text = banner_text(_user(context), course_key)
    return render_to_string("attempts_console/banner.html", {"text": text, "url": _own_page()}) if text else ""


def _user(context: template.Context) -> Any:
    request = context.get("request")
    return getattr(request, "user", None) if request is not None else context.get("user")


def _own_page() -> str:
    try:
        return reverse("attempts_console:own")
    except NoReverseMatch:
        # A site that serves no console still has the sentence.
        return ""
