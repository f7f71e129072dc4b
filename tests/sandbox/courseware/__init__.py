"""Tests of the courseware: learners who work in a course with real XBlocks."""
