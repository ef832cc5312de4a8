"""Metric families of prometheus_client, made in one breath."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.metrics_core import Metric

from vicon.ops.spread import Spread

Labels = Sequence[str]
Samples = Iterable[tuple[Labels, float | None]]
"""Labels' values and the figure; None: it is not known, so nothing is said."""


def gauge(name: str, help: str, labels: Labels = (), samples: Samples = ()) -> Metric:
    family = GaugeMetricFamily(f"vicon_{name}", help, labels=labels)
    return _filled(family, samples)


def counter(name: str, help: str, labels: Labels = (), samples: Samples = ()) -> Metric:
    """`name`: without _total."""
    family = CounterMetricFamily(f"vicon_{name}", help, labels=labels)
    return _filled(family, samples)


def histogram(name: str, help: str, spread: Spread) -> Metric:
    family = HistogramMetricFamily(f"vicon_{name}", help)
    family.add_metric([], buckets=spread.rising(), sum_value=spread.sum)
    return family


def one(value: float | None) -> Samples:
    """The only sample of a family without labels."""
    return [((), value)]


def states(all: Sequence[str], now: str) -> list[tuple[str, float]]:
    """Each of them, the present one with 1 and the others with 0."""
    return [(state, float(state == now)) for state in all]


def _filled(family: GaugeMetricFamily | CounterMetricFamily, samples: Samples) -> Metric:
    for labels, value in samples:
        if value is not None:
            family.add_metric(list(labels), float(value))
    return family
