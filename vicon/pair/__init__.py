"""Two servers of one office: the first serves, the standby has everything and can take over.
See docs/adr/0707-standby.md."""
