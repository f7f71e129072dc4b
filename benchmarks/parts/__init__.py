"""What is measured, part by part: each module has a ``run`` that takes the options and returns what goes to JSON."""
