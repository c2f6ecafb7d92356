"""Waystar: claims and responses by SFTP folders, real-time eligibility by form POST. See README.md."""

from apps.connectors.adapters.waystar.clearinghouse import WaystarClearinghouse

__all__ = ["WaystarClearinghouse"]
