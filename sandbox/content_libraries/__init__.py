"""Content libraries, of which the sandbox has none; plugins refer to their table."""
