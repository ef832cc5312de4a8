"""The conference, pure: decide(state, asker, command, now) gives events, evolve() the next state."""
