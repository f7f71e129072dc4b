"""The few pages the sandbox has of its own."""
