"""The call light: registers at a PBX as a SIP extension and lights a tower while callers wait."""
