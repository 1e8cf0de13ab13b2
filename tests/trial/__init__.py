"""The comprehension trial: pictures as people see them, to be named with the legend alone, and the key."""
