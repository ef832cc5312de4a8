"""Webhooks: what is entered in the journal, told to receivers that the configuration names. In
order, at least once, across restarts: docs/monitoring.md."""
