"""Errors of the core: each one is a defect of ours, never of a caller's or a PBX's doing."""


class IllegalStep(Exception):
    """A call was told a step that its state has no cell for. Nothing moved. A bug report, please."""
