"""The application: one actor per conference between the wire, the core, the journal and media."""
