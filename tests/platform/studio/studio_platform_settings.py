"""The test settings of a Studio, with our package loaded by its own plugin machinery, and its database in memory.

Read in the virtual environment of an LMS, in the folder of its code; see ``platform_settings`` for the LMS.
"""

from __future__ import annotations

import os

if "EDXAPP_TEST_MONGO_HOST" not in os.environ:
    import mongomock
    from mongomock.gridfs import enable_gridfs_integration

    mongomock.patch(on_new="create").start()
    enable_gridfs_integration()

from cms.envs.test import *  # noqa: F403
from cms.envs.test import FEATURES


class OnlyOurMigrations(dict[str, None]):
    """Makes the platform's tables from its models, and ours by our migrations, which thereby meet the platform's."""

    def __contains__(self, app: object) -> bool:
        return app != "attempts"

    def __getitem__(self, app: str) -> None:
        return None


MIGRATION_MODULES = OnlyOurMigrations()
# The advanced setting in which course teams write for us; older releases look into FEATURES.
FEATURES["ENABLE_OTHER_COURSE_SETTINGS"] = True
ENABLE_OTHER_COURSE_SETTINGS = True
