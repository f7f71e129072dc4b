"""Logging in as in the LMS: sessions, and JSON Web Tokens in cookies for micro-frontends."""
