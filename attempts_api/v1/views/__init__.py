"""The resources of version 1. Each view asks whether the caller may, parses, and calls :mod:`attempts.api`."""
