"""Trial calls: what is asked of a line, what was seen, and what it means."""
