"""The whole site as the bus tells it, for people at any machine that may listen: watch, status --site."""
