"""The fixtures of the tests of the faces, which attackers share."""

from tests.attempts_api.conftest import client, client_as, no_throttling_from_before

__all__ = ["client", "client_as", "no_throttling_from_before"]
