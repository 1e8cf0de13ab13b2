"""SIP: the engine, its link and the build of its binding."""
