"""How the sandbox loads plugins beyond apps, settings and URLs: their receivers of signals."""
