"""What blocks ask their runtime for, by the names that the platform gives it."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Any

from completion.services import CompletionService
from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.contrib.staticfiles import finders
from django.core.cache import cache
from edxval.transcript_utils import Transcript
from opaque_keys.edx.keys import CourseKey
from xblock.reference.user_service import UserService, XBlockUser

from sandbox.courseware.xblocks.catalogue import OWN_FILES
from sandbox.courseware.xblocks.elsewhere import html_from_here
from sandbox.student.models import anonymous_id_for_user


def services(user: AbstractBaseUser, course_key: CourseKey) -> dict[str, Any]:
    """Return the services for one learner in one course, by name."""
    return {
        "cache": cache,
        "completion": CompletionService(user, course_key),
        "replace_urls": _Addresses(),
        "sandbox": _NoPython(),
        "user": _Learner(user, course_key),
        "video_config": _VideosFromHere(),
        "xqueue": _NoGraders(),
    }


class _Learner(UserService):
    """Who works."""

    def __init__(self, user: AbstractBaseUser, course_key: CourseKey) -> None:
        super().__init__()
        self._user = user
        self._course_key = course_key

    def get_current_user(self) -> XBlockUser:
        """Return the learner as blocks know her."""
        return self._learner

    @cached_property
    def _learner(self) -> XBlockUser:
        learner = XBlockUser(is_current_user=True, emails=[self._user.email], full_name=self._user.get_full_name())
        anonymous_id = anonymous_id_for_user(self._user, self._course_key)
        learner.opt_attrs = {
            "edx-platform.anonymous_user_id": anonymous_id,
            "edx-platform.deprecated_anonymous_user_id": anonymous_id,
            "edx-platform.is_authenticated": True,
            "edx-platform.request_country_code": None,
            "edx-platform.user_id": self._user.pk,
            # With it, blocks show tracebacks.
            "edx-platform.user_is_staff": False,
            "edx-platform.username": self._user.get_username(),
        }
        return learner


class _Addresses:
    """Addresses in content stay as they are: the importer passes over the files that they name."""

    def replace_urls(self, text: str) -> str:
        """Return HTML with addresses that a browser can follow, as a plain text: templates escape it in attributes."""
        return str.__str__(html_from_here(text))


class _NoPython:
    """The sandbox runs no code of authors."""

    def can_execute_unsafe_code(self) -> bool:
        """Tell whether code runs outside a jail."""
        return False

    def get_python_lib_zip(self) -> None:
        """Return what code may import."""


class _NoGraders:
    """No grader elsewhere is asked."""

    #: Seconds that a learner has to wait between two submissions to one.
    waittime = 0


class _VideosFromHere:
    """Videos are played that lie in the sandbox, not those of YouTube."""

    def is_youtube_blocked_for_course(self, _course_key: CourseKey) -> bool:
        """Tell whether YouTube is left out."""
        return True

    def is_youtube_deprecated(self, _course_key: CourseKey) -> bool:
        """Tell whether streams come before YouTube."""
        return True

    def is_hls_playback_enabled(self, _course_key: CourseKey) -> bool:
        """Tell whether streams are played."""
        return False

    def is_transcript_feedback_enabled(self, _course_key: CourseKey) -> bool:
        """Tell whether learners are asked about transcripts."""
        return False

    def get_public_sharing_context(self, _block: Any, _course_key: CourseKey) -> dict[str, Any]:
        """Return what is shown to share a video."""
        return {}

    def get_public_video_url(self, _block: Any) -> None:
        """Return where anybody may watch a video."""

    def available_translations(self, block: Any, _transcripts: Any, **_options: Any) -> list[str]:
        """Return the languages of a video's transcripts."""
        return [language for language, name in block.transcripts.items() if transcript_file(name)]

    def get_transcript(
        self, block: Any, lang: str | None, output_format: str, *_names: Any, **_options: Any
    ) -> tuple[str, str, str]:
        """Return a transcript with the name of a file and its type.

        Raises:
            TranscriptNotFoundError: The video has none in that language.
        """
        # Only now: what it comes with takes seconds to import.
        from xblocks_contrib.video.exceptions import TranscriptNotFoundError

        name = block.transcripts.get(lang or "en", "")
        file = transcript_file(name)
        if file is None:
            raise TranscriptNotFoundError(f"{block.location} has no transcript in {lang}")
        if output_format == Transcript.SJSON:
            return Transcript.convert(file.read_bytes(), Transcript.SRT, Transcript.SJSON), "", "application/json"
        return file.read_text(), file.name, "application/x-subrip; charset=utf-8"


def transcript_file(name: str) -> Path | None:
    """Return where a transcript lies that is one of the sandbox's own files, None for others."""
    found = finders.find(name.removeprefix(settings.STATIC_URL)) if name.startswith(OWN_FILES) else None
    return Path(found) if found else None
