"""Settings of the sandbox's Studio: the same site as the LMS, loaded the way Studio loads plugins.

It shares the database with the LMS and has fewer apps: no grades and no certificates, as Studio has none. There is
nothing to author with; ``manage.py load_course`` imports and publishes a course.
"""

from __future__ import annotations

from edx_django_utils.plugins import add_plugins, get_plugin_apps

from sandbox.packages import plugins_taken_whole
from sandbox.settings import HOST_SETTINGS

globals().update(HOST_SETTINGS)

#: How the plugin machinery names this kind of project; Studio uses the same name.
PROJECT_TYPE = "cms.djangoapp"
ROOT_URLCONF = "sandbox.studio_urls"

_ONLY_IN_THE_LMS = {"sandbox.grades", "sandbox.certificates"}
INSTALLED_APPS = [app for app in HOST_SETTINGS["INSTALLED_APPS"] if app not in _ONLY_IN_THE_LMS]
# A plugin of the LMS only, which Studio lists among its own apps.
INSTALLED_APPS.append("completion")
INSTALLED_APPS.extend(plugins_taken_whole(get_plugin_apps(PROJECT_TYPE)))

add_plugins(__name__, PROJECT_TYPE, "common")
