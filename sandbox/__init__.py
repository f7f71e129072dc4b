"""A small LMS to run, try and test attempts in."""

from sandbox.celery import app as celery_app

__all__ = ["celery_app"]
