"""The whole site as the bus tells it."""
