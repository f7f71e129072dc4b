"""What attempts asks of the host: its learners, courses and grades, through Django's app registry."""
