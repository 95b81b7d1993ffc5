"""Whose fault it is: the world's (a plain sentence to the user) or ours (the crash page)."""


class PumphouseError(Exception):
    """Everything Pumphouse raises on purpose."""


class StationError(PumphouseError):
    """A file, a station or a source that cannot be used. Ends a command with exit status 3.

    Parameters
    ----------
    thing : str     What it is about, as the user named it: a path, a tag, a URL.
    wrong : str     What is wrong with it, without a full stop.
    remedy : str    What to do, without a full stop, or a question; may be empty.
    """

    def __init__(self, thing: object, wrong: str, remedy: str = "") -> None:
        self.thing = str(thing)
        self.wrong = wrong
        self.remedy = remedy
        super().__init__(thing, wrong, remedy)

    def __str__(self) -> str:
        return f"{self.thing}: {_stopped(self.wrong)}" + (f" {_stopped(self.remedy)}" if self.remedy else "")


def _stopped(sentence: str) -> str:
    return sentence if sentence.endswith("?") else f"{sentence}."


class CommandLineError(StationError):
    """A word on the command line that cannot be understood, such as a time. Ends a command with exit status 2."""


class UsageError(PumphouseError):
    """The program called itself wrongly: a fault of ours. Ends a command with exit status 1."""
