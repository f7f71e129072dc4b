"""The e-mail that tells a learner of a switch."""
