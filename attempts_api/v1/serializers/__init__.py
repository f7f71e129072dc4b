"""The shapes of requests and responses. Keys are texts, times ISO-8601 in UTC, learners named by username."""
