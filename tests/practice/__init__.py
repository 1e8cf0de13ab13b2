"""A practice's morning with a real phone system, a real unit and real callers: the demonstration."""
