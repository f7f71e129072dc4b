"""A table with keys, as docs/stores.rst shows it."""

from attempts.stores import RekeyedStore

REFLECTIONS = RekeyedStore(
    model="example.Reflection", label="Reflections", learner="user_id", course="course_key", usage=("block_key",)
)
