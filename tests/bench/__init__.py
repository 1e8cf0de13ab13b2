"""The figures that README quotes, measured on the real parts: `make bench`. No test: nothing fails here."""
