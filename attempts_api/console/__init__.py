"""The support console: pages for support, course teams, analysts, operators and learners, rendered by the server."""
