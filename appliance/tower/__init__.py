"""Towers: the lights of a unit, by driver name. A driver knows pictures, and nothing of calls."""
