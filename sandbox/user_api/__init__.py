"""What becomes of an account when its learner asks to be forgotten."""
