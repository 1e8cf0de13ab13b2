"""What a practice ends with when a promise does not hold."""


class Broken(Exception):
    """A promise was broken: a defect of the board, or of the simulation."""

    def __init__(self, promise: str, what: str) -> None:
        """Name the promise and say what broke it."""
        super().__init__(f"{promise} But {what}.")
        self.promise = promise
        self.what = what
