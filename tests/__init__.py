"""The tests: each reads as a story of the desk; the folders mirror the product."""
