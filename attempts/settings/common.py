"""Defaults for what the operator left unset."""


def plugin_settings(settings) -> None:
    """Fill in the settings of attempts that ``settings`` lacks."""
    del settings
