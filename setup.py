"""Packaging of openedx-attempts."""

import re
from pathlib import Path

from setuptools import find_namespace_packages, setup

HERE = Path(__file__).parent


def requirements(name: str) -> list[str]:
    """Return the requirement lines of ``requirements/<name>.in``, comments and inclusions left out."""
    lines = (HERE / "requirements" / f"{name}.in").read_text().splitlines()
    stripped = (line.split("#")[0].strip() for line in lines)
    return [line for line in stripped if line and not line.startswith("-")]


VERSION = re.search(r'__version__ = "([^"]+)"', (HERE / "attempts" / "__init__.py").read_text())[1]

CORE_APP = "attempts = attempts.apps:AttemptsConfig"
FACES_APP = "attempts_api = attempts_api.apps:AttemptsApiConfig"
CONSOLE_APP = "attempts_console = attempts_api.console.apps:ConsoleConfig"

setup(
    name="openedx-attempts",
    version=VERSION,
    description="Numbered attempts for Open edX courses: reset a learner, keep everything, undo it.",
    long_description=(HERE / "README.rst").read_text(),
    long_description_content_type="text/x-rst",
    license="AGPL-3.0-only",
    python_requires=">=3.11",
    packages=find_namespace_packages(include=["attempts", "attempts.*", "attempts_api", "attempts_api.*"]),
    include_package_data=True,
    install_requires=requirements("base"),
    extras_require={
        "analysis": requirements("analysis"),
        "metrics": requirements("metrics"),
        "sandbox": [*requirements("metrics"), *requirements("sandbox")],
        "services": requirements("services"),
    },
    entry_points={
        "lms.djangoapp": [CORE_APP, FACES_APP, CONSOLE_APP],
        "cms.djangoapp": [CORE_APP],
        "context_key": ["attempt-v1 = attempts.keys:AttemptCourseLocator"],
        "usage_key": ["attempt-block-v1 = attempts.keys:AttemptBlockUsageLocator"],
    },
    classifiers=[
        "Development Status :: 4 - Beta",
        "Framework :: Django",
        "Framework :: Django :: 4.2",
        "Framework :: Django :: 5.2",
        "Intended Audience :: Developers",
        "Natural Language :: English",
        "Programming Language :: Python :: 3",
        "Programming Language :: Python :: 3.11",
        "Programming Language :: Python :: 3.12",
    ],
)
