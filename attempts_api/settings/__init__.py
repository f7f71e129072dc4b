"""Settings of the faces for the plugin machinery."""
