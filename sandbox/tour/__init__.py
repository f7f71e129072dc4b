"""A walk through a reset and its undo on a real course, with everything measured."""
