"""SQLite as Django 5.1 and later can be told to use it, for Django 4.2."""
