"""Settings that the LMS and Studio load from this plugin."""
