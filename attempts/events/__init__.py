"""Public events of attempts, for other apps and for the event bus.

``data`` and ``signals`` need no models: they are loaded with the app's configuration, because openedx-events looks
for the types that ``EVENT_BUS_PRODUCER_CONFIG`` names before any plugin is ready.
"""
