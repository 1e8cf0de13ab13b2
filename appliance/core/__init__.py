"""The pure core: events and the instant come in, effects come out; no clock, no thread, no I/O, no log."""
