"""Measuring a media connection: what both ends of a trial call share. No I/O."""
