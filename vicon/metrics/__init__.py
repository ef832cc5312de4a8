"""What Prometheus is told of this server. Names and labels: docs/monitoring.md; a promise to
others, so metrics are only ever added. Imported where it is asked for: the library costs a start a
tenth of a second.
"""
