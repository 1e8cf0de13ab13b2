"""Tests of the legend."""
