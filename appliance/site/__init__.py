"""One site of several units: the file that is the same on all of them, the broker between them, enrolment."""
