"""Template tags of the console, and one for the host's own pages."""
