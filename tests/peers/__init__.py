"""Real SIP servers, phones and callers as fixtures: each a program in the foreground, on loopback only."""
