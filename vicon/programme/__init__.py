"""The programme as one picture: what is on air, with names and the time, for a film of a recording
and for a live restream."""
