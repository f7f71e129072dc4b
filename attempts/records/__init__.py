"""Grades of record: by the policy's rule, or chosen by staff."""

from attempts.records.choosing import choices_of, choose, chosen_numbers, latest_choices
from attempts.records.rules import counting_number, grade_of_record

__all__ = ["choices_of", "choose", "chosen_numbers", "counting_number", "grade_of_record", "latest_choices"]
