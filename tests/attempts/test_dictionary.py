"""The data dictionary, and the sample queries as texts."""

from __future__ import annotations

from attempts.datasets import DATASETS
from attempts.datasets.engines import ENGINES
from attempts.datasets.samples import SAMPLES
from scripts import make_dictionary
from tests.attempts.expectations import EXPECTED


def test_each_sample_can_be_read() -> None:
    """Names once, questions that are questions, and nothing left in braces on any engine."""
    assert [sample.name for sample in SAMPLES] == list(EXPECTED)
    for sample in SAMPLES:
        assert sample.question.endswith("?")
        assert sample.note.endswith(".")
        for engine in ENGINES:
            text = sample.on(engine, course="course-v1:O+C+R", learner=1)
            assert not set("{}%") & set(text)


def test_the_dictionary_is_written_from_the_code() -> None:
    """``docs/data_dictionary.rst`` is what is declared: `make dictionary` writes it."""
    assert make_dictionary.PAGE.read_text() == make_dictionary.dictionary()


def test_all_datasets_are_asked() -> None:
    """By one sample or another."""
    text = "".join(sample.sql for sample in SAMPLES)
    assert all(f"{{{dataset.name}}}" in text for dataset in DATASETS)
