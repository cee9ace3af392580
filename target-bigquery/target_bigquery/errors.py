"""What can go wrong, by what the reader of the line can do about it."""

from __future__ import annotations


class TargetError(Exception):
    """The run cannot go on; the message is one line: what, where, what to change."""

    exit_code = 1


class ConfigError(TargetError):
    """A setting is missing or wrong."""

    exit_code = 2


class InputError(TargetError):
    """The message stream breaks the Singer specification."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(f"line {line} of the input: {message}")


class ValueRefusedError(ValueError):
    """BigQuery cannot hold a value. Says where in the record and why, never the value."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(path, reason)
        self.path = path
        self.reason = reason


class TooNarrowError(ValueRefusedError):
    """A column cannot hold a number; with the type ``wider`` it can."""

    def __init__(self, path: str, reason: str, wider: str) -> None:
        super().__init__(path, reason)
        self.wider = wider


class RecordRefusedError(Exception):
    """Record ``index`` of the block has no exact place in the table."""

    def __init__(self, index: int, cause: ValueRefusedError) -> None:
        super().__init__(index, cause)
        self.index, self.cause = index, cause


class StoppedError(TargetError):
    """A signal asked the run to end."""

    def __init__(self, signum: int) -> None:
        super().__init__(f"stopped by signal {signum}; what is committed stays, the rest was dropped")
        self.exit_code = 128 + signum
