"""SIP: the engine (the only import of pjsua2), the link to it, what they say to each other, the build of the binding."""
