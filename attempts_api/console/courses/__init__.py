"""What the pages of a course show: the words of policies, and reports as tables."""
