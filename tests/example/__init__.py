"""A plugin of somebody else, with tables of learners of its own: what docs/stores.rst describes."""
