"""The simulated practice: callers, PBX, engine and faults in virtual time from a seed, and what must hold."""
