"""The contract for the stores of the example, run on a site that has it; see ``test_example``."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from opaque_keys.edx.keys import CourseKey

from attempts import api
from attempts.coverage import audit_host
from attempts.stores import installed_stores
from tests.attempts.stores.contract import BlockKeyedContract, ValuedContract
from tests.attempts.stores.rows import block

pytestmark = pytest.mark.django_db


def reflection(learner: Any, course_key: CourseKey, number: int) -> Any:
    """Write something down."""
    return apps.get_model("example.Reflection").objects.create(
        user=learner, course_key=course_key, block_key=block(course_key, number), text="hm"
    )


def hint_account(learner: Any, course_key: CourseKey, number: int) -> Any:
    """Use two of three hints."""
    return apps.get_model("example.HintAccount").objects.create(user=learner, course_key=course_key, left=1)


class TestReflections(BlockKeyedContract):
    table, make = "example_reflection", staticmethod(reflection)


class TestHints(ValuedContract):
    table, make, many = "example_hintaccount", staticmethod(hint_account), False
    fresh = {"left": 3}

    @property
    def store(self) -> Any:
        """The store, which has no model to tell."""
        return type("Named", (), {"model": "example.HintAccount"})


def test_its_tables_are_covered_because_of_that() -> None:
    """And without its stores the audit names them."""

    def answers() -> dict[str, str | None]:
        return {one.table: one.answer for one in audit_host() if one.table.startswith("example_")}

    assert answers() == {"example_reflection": "rekeyed", "example_hintaccount": "valued"}


def test_they_come_last(learner: Any) -> None:
    """After those of the settings."""
    assert [store.label for store in installed_stores()][-2:] == ["Reflections", "Hints"]
    assert [one.label for one in api.preview(learner, "course-v1:Org+Course+Run").stores][-2:] == [
        "Reflections",
        "Hints",
    ]
