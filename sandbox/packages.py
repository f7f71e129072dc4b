"""Packages of which the sandbox has the tables alone.

In an LMS these are plugins, with settings, URLs and receivers that call the platform's code. Here each has an
application configuration that starts nothing.
"""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

from django.apps import AppConfig


class TablesOnly(AppConfig):
    """An application of which nothing is started."""

    default_auto_field = "django.db.models.AutoField"


class BulkGrades(TablesOnly):
    """edx-bulk-grades."""

    name = "bulk_grades"


class CompletionAggregator(TablesOnly):
    """openedx-completion-aggregator."""

    name = "completion_aggregator"


class LtiConsumer(TablesOnly):
    """lti-consumer-xblock."""

    name = "lti_consumer"


class ProblemBuilder(TablesOnly):
    """xblock-problem-builder."""

    name = "problem_builder"


class Proctoring(TablesOnly):
    """edx-proctoring."""

    name = "edx_proctoring"


class SuperCsv(TablesOnly):
    """super-csv, which edx-bulk-grades keeps uploaded files with."""

    name = "super_csv"


class When(TablesOnly):
    """edx-when."""

    name = "edx_when"


#: Their own configurations, as entry points name them, and those of packages that only came with them.
PLUGINS = frozenset(
    {
        "bulk_grades.apps.BulkGradesConfig",
        "completion_aggregator.apps.CompletionAggregatorAppConfig",
        "edx_proctoring.apps.EdxProctoringConfig",
        "edx_when.apps.EdxWhenConfig",
        "event_routing_backends.apps.EventRoutingBackendsConfig",
        "lti_consumer.apps.LTIConsumerApp",
        "platform_plugin_aspects.apps.PlatformPluginAspectsConfig",
        "super_csv.apps.SuperCSVConfig",
    }
)


def keep_xblocks_for_later() -> Path:
    """Keep the plugin of xblocks-contrib from importing all of its blocks; return the folder of what it is there for.

    It tells Django where templates and static files of problems are. To load it takes two seconds of processor time and
    scipy, in every process and for every command.
    """

    class CapaAppConfig(AppConfig):
        """Stands for the plugin, and is none: it has no ``plugin_app``."""

        name = "xblocks_contrib.problem.capa"

    name = "xblocks_contrib.problem.capa.apps"
    light = ModuleType(name)
    light.CapaAppConfig = CapaAppConfig  # type: ignore[attr-defined]
    sys.modules.setdefault(name, light)
    spec = find_spec("xblocks_contrib")
    assert spec is not None, "it is among the requirements"  # nosec B101
    assert spec.origin is not None, "it is a package with an __init__.py"  # nosec B101
    return Path(spec.origin).parent / "problem" / "capa"


def plugins_taken_whole(app_configs: list[str]) -> list[str]:
    """Return the configurations of the plugins that the sandbox loads as an LMS does.

    The others are left without settings, URLs and receivers, so that whoever walks over all plugins finds none.
    """
    for name in PLUGINS.intersection(app_configs):
        module, config = name.rsplit(".", 1)
        getattr(import_module(module), config).plugin_app = {}
    return [name for name in app_configs if name not in PLUGINS]
