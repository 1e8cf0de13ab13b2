"""What can go wrong in the build, as one line that says what to do."""


class BindingError(Exception):
    """The wheel cannot be had; the text is one line for a person, with the next step in it."""
