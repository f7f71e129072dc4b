"""Who may do what, where: the host's roles, mapped to the permissions of attempts."""

from attempts.permissions.access import SWITCHING, reach, role_for

__all__ = ["SWITCHING", "reach", "role_for"]
