"""What the entry point of the example names."""

from tests.example.one_line import REFLECTIONS
from tests.example.page import HintStore

ALL = (REFLECTIONS, HintStore())
