"""The conference, pure: decide() makes events of a command, evolve() the state of an event."""
