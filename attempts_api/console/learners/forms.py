"""The form by which a switch is asked for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.conf import settings
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from attempts_api.v1.serializers.fields import COMMENT_LENGTH

_OTHER = "other"
#: Why somebody asks. What is stored is the sentence, in the language of the site, and the text behind it.
WHYS: dict[str, Promise] = {
    "technical": _("Technical problem"),
    "illness": _("Illness"),
    "course_team": _("Decision of the course team"),
    "learner": _("The learner's request"),
    "certificate": _("Renewal of a certificate"),
    "mistake": _("Mistake"),
    "test": _("Test"),
    _OTHER: _("Something else"),
}


class SwitchForm(forms.Form):
    """What is asked with a switch.

    Attributes:
        why: one of :data:`WHYS`.
        text: what else is to be said; needed for something else.
        override: codes of the reasons to go on in spite of.
        idempotency_key: made when the form was shown, so that sending it twice is asking once.
        latest: uuid of the newest operation when the form was shown, empty if there was none.
        to: the attempt to activate.
    """

    why = forms.ChoiceField(
        label=_("Reason"),
        choices=[("", _("Choose a reason")), *WHYS.items()],
        error_messages={"required": _("Choose a reason."), "invalid_choice": _("Choose a reason of the list.")},
    )
    text = forms.CharField(label=_("In your words"), required=False, widget=forms.Textarea(attrs={"rows": 2}))
    idempotency_key = forms.UUIDField(widget=forms.HiddenInput)
    latest = forms.UUIDField(widget=forms.HiddenInput, required=False)
    to = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, overridable: list[str], **words: Any) -> None:
        """Take the codes of reasons that may be overridden beside what a form takes."""
        super().__init__(*args, **words)
        self.fields["override"] = forms.MultipleChoiceField(
            required=False, choices=[(code, code) for code in overridable]
        )

    def clean(self) -> dict[str, Any]:
        """Put the comment together."""
        words: dict[str, Any] = super().clean() or {}
        why, text = words.get("why"), " ".join(words.get("text", "").split())
        if why == _OTHER and not text:
            self.add_error("text", _("Say in your words what it is."))
        words["comment"] = f"{opening(why)}{text}" if text and why else stored(why)
        over = len(words["comment"]) - COMMENT_LENGTH
        if over > 0:
            sentence = ngettext(
                "Shorten it by %(count)d character: %(most)d are kept with the reason.",
                "Shorten it by %(count)d characters: %(most)d are kept with the reason.",
                over,
            )
            self.add_error("text", sentence % {"count": over, "most": COMMENT_LENGTH})
        return words

    def texts(self) -> str:
        """Return what was written, for a form that is shown again."""
        return str(self["text"].value() or "")

    def overridden(self) -> list[str]:
        """Return what was ticked, for a form that is shown again."""
        return list(self["override"].value() or ())

    def whys(self) -> Iterator[tuple[str, str, int, bool]]:
        """Yield code, sentence, characters taken by it, and whether it is chosen, of each entry of the list."""
        for code, sentence in WHYS.items():
            yield code, str(sentence), len(opening(code)), self["why"].value() == code


def stored(why: str | None) -> str:
    """Return the sentence of the list as it is stored: in the language of the site, whoever asks."""
    if not why or why == _OTHER:
        return ""
    with translation.override(settings.LANGUAGE_CODE):
        return str(WHYS[why])


def opening(why: str | None) -> str:
    """Return what stands before the text that somebody has written herself."""
    sentence = stored(why)
    return f"{sentence}: " if sentence else ""
