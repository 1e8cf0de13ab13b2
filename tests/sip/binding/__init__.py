"""The build of the pjsua2 wheel."""
