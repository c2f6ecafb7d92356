"""PostgreSQL, Valkey and the product's own processes on one machine, for development and tests. Knows no Django: it runs before it."""

from apps.core.embedded.places import EmbeddedServiceError
from apps.core.embedded.services import use_embedded_services, use_throw_away_services

__all__ = ["EmbeddedServiceError", "use_embedded_services", "use_throw_away_services"]
