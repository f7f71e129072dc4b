"""Attempts and operations in the tables of Aspects, by the sinks of platform-plugin-aspects."""
