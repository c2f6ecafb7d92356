from apps.reports.services.take_snapshots import take_snapshots

__all__ = ["take_snapshots"]
