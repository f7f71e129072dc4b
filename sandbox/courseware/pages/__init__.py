"""Pages on which a learner opens a course and works in it."""
