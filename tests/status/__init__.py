"""Tests of the status report, its socket and its text."""
