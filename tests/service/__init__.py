"""The service on real Debian releases, booted by real systemd in a namespace of its own."""
