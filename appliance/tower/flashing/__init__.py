"""Writing a tower's firmware over the cable that it hangs on: `call-light flash-tower`."""
