"""The migrations of edx-submissions, with one of them replaced.

Its 0006 changes columns that do not exist, so no MariaDB database can be migrated with the package's own. The
modules beside this one are found first; all others are the package's.
"""

from __future__ import annotations

from submissions import migrations as packaged

__path__ = [*__path__, *packaged.__path__]
