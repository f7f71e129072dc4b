"""One file with all that is known of an attempt, for those who decide on an appeal."""

from attempts.appeals.pack import write_pack

__all__ = ["write_pack"]
