"""Configuration of the documentation."""

import os
import sys
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

# The reference is read from the code, which needs a host: the sandbox, with its data in the build folder.
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sandbox.settings")
os.environ.setdefault("SANDBOX_VAR", str(ROOT / "docs" / "_build" / "var"))

import django  # noqa: E402

django.setup()

import attempts  # noqa: E402

project = "openedx-attempts"
author = "The openedx-attempts contributors"
copyright = f"{datetime.now(tz=UTC).year}, {author}"
version = release = attempts.__version__

extensions = [
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx.ext.viewcode",
    "sphinx_copybutton",
]
exclude_patterns = ["_build"]
nitpicky = False
autodoc_member_order = "bysource"
autodoc_typehints = "description"
copybutton_prompt_text = "$ "

html_theme = "sphinx_book_theme"
html_title = "openedx-attempts"
html_show_sourcelink = False
html_theme_options = {"show_toc_level": 2, "use_download_button": False, "use_fullscreen_button": False}
