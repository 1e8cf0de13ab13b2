"""The stories of a desk, told with a real phone system, the real unit and real callers."""
