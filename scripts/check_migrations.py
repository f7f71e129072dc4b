"""Fails when a model of an app of this repository changed without a migration."""

import os
import sys
from pathlib import Path

import django

ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    """Ask Django, for our own apps only: those of other packages are not ours to migrate."""
    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sandbox.settings")
    django.setup()

    from django.apps import apps
    from django.core.management import call_command

    own = [app.label for app in apps.get_app_configs() if app.name.split(".")[0] in OWN_PACKAGES and app.models_module]
    print("Apps with models:", ", ".join(own))
    call_command("makemigrations", *own, check_changes=True, dry_run=True)


OWN_PACKAGES = {"attempts", "attempts_api", "sandbox"}

if __name__ == "__main__":
    main()
