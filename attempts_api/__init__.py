"""The faces of attempts: REST v1 under ``/api/attempts/v1/``."""
