"""The tower with a controller of its own: the link to it, how it is found, and its driver."""
