"""App configuration: connects the receivers of plugins, as the platform's app of this name does."""

from django.apps import AppConfig
from django.conf import settings
from edx_django_utils.plugins import connect_plugin_receivers

from sandbox.exposure import refuse_shipped_secrets
from sandbox.plugins.names import stand_in


class PluginsConfig(AppConfig):
    """Comes before the plugins in INSTALLED_APPS, and so is ready before them."""

    name = "sandbox.plugins"
    label = "sandbox_plugins"
    _was_looked_at = False

    def ready(self) -> None:
        """Connect the receivers that plugins have for this service; which one it is, the root of the URLs says.

        Raises:
            ImproperlyConfigured: this is no trial any more, and somebody could get in by what the sandbox ships.
        """
        # Once: tests put the apps together anew, when Django has switched DEBUG off.
        if not PluginsConfig._was_looked_at:
            refuse_shipped_secrets(settings)
            PluginsConfig._was_looked_at = True
        stand_in()
        is_lms = settings.ROOT_URLCONF == "sandbox.urls"
        connect_plugin_receivers("lms.djangoapp" if is_lms else "cms.djangoapp")
