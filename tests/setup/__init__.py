"""From an empty machine to a virtual environment: `.ci/`, the Makefile and the lock file."""
