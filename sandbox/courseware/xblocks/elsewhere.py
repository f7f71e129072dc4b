"""What XBlocks and authors would have a browser fetch from other hosts, left out.

The policy of the pages forbids it anyway; a browser complains of each thing that it may not fetch.
"""

from __future__ import annotations

import re

_URL = r"""url\(\s*['"]?(?:https?:)?//[^)]*\)"""
_IMPORT = re.compile(rf"@import\s+{_URL}[^;]*;")
_IMAGE = re.compile(_URL)
_SOURCE = re.compile(
    r"""(<(?:audio|embed|iframe|img|script|source|video)\b[^>]*?\s)src(\s*=\s*["']?(?:https?:)?//)""", re.IGNORECASE
)


def styles_from_here(css: str) -> str:
    """Return a style sheet without imports and images of other hosts, such as fonts of a network."""
    return _IMAGE.sub("none", _IMPORT.sub("", css))


def html_from_here(html: str) -> str:
    """Return HTML in which what lies on other hosts has its address in ``data-elsewhere``, which fetches nothing."""
    return _SOURCE.sub(r"\1data-elsewhere\2", html)
