"""SIP: the engine, the link to it, what they say to each other, and the build of the binding."""
