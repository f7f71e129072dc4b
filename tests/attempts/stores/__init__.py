"""One contract for every store; each store inherits it in one line and says how a row of its comes to be."""

import pytest

pytest.register_assert_rewrite("tests.attempts.stores.contract")
