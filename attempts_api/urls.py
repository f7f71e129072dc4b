"""URLs under ``/api/attempts/``."""

urlpatterns: list = []
