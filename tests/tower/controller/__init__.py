"""Tests of the link to a controller, of how it is found, and of its driver."""
