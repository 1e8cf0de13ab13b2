"""Tests of writing a tower's firmware."""
