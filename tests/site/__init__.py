"""One site of several units, on a real broker where one is needed."""
