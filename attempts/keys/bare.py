"""The form in which keys of archived attempts can stay in a platform that does not have this package.

======================================  ====================================
with the package                        bare
======================================  ====================================
``attempt-v1:O+C+R+attempt@1``          ``library-v1:O+C.R.attempt.1``
``attempt-v1:O+C+R+ccx@7+attempt@1``    ``library-v1:O+C.R.ccx.7.attempt.1``
``attempt-block-v1:…+type@…+block@…``   ``lib-block-v1:…+type@…+block@…``
======================================  ====================================

The types are those of edx-opaque-keys itself. A library's key is a ``CourseKey`` that says that it is no course, as
ours does, and it is never longer than ours.
"""

from __future__ import annotations

from opaque_keys.edx.locator import LibraryLocator

from attempts.keys.locators import AttemptCourseLocator


def bare_course_key(attempt_key: AttemptCourseLocator) -> LibraryLocator:
    """Return the bare form of an attempt's key.

    Two keys have the same form where dots in their names allow it, such as course ``A.B`` with run ``C`` and course
    ``A`` with run ``B.C``: whoever writes it has to look out for that.
    """
    ccx = () if attempt_key.ccx is None else ("ccx", attempt_key.ccx)
    parts = (attempt_key.course, attempt_key.run, *ccx, "attempt", str(attempt_key.attempt))
    # The library's types get their abstract fields from a metaclass, which the type checker does not see.
    return LibraryLocator(org=attempt_key.org, library=".".join(parts))  # type: ignore[abstract]
