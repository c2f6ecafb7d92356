"""The practice's figures, one file each (DOMAIN 7): what it counts, how, and the rows behind it."""

from apps.reports.metrics import (
    ar_days,
    charge_lag,
    clean_claims,
    denial_rate,
    first_pass,
    net_collection,
    patient_collection,
)
from apps.reports.metrics.figure import Metric

# The five of the mission first, in its order.
METRICS: tuple[Metric, ...] = (
    ar_days.METRIC,
    first_pass.METRIC,
    denial_rate.METRIC,
    net_collection.METRIC,
    patient_collection.METRIC,
    charge_lag.METRIC,
    clean_claims.METRIC,
)
FIVE = METRICS[:5]
BY_KEY = {metric.key: metric for metric in METRICS}

__all__ = ["BY_KEY", "FIVE", "METRICS", "Metric"]
