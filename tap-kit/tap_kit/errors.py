"""What can go wrong, by what the user can do about it. A message is one line: what, where, what to change."""

from __future__ import annotations


class TapError(Exception):
    """The run failed. Exit code 1; what was read so far is kept by its STATE."""

    exit_code = 1


class ConfigError(TapError):
    """The configuration, catalog or state given to the tap is wrong: nothing was requested."""

    exit_code = 2


class CredentialsError(TapError):
    """The vendor refused the credentials."""


class VendorError(TapError):
    """The vendor cannot be reached, or keeps failing: run again later."""


class VendorChangedError(TapError):
    """The vendor answered something that its documentation does not describe."""


class RequestRefusedError(TapError):
    """The vendor refused one request (HTTP 4xx other than those below).

    Attributes:
        status: the HTTP status.
        code: the vendor's own error code, or an empty string.
    """

    def __init__(self, message: str, *, status: int, code: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.code = code


class AccessError(RequestRefusedError):
    """A right, scope, plan or licence is missing: this stream cannot be read, others may be."""


class StreamsSkippedError(TapError):
    """Some selected streams could not be read; all others were."""


class InterruptedRunError(BaseException):
    """A signal ended the run. Exit code 128 + its number."""

    def __init__(self, signal_number: int) -> None:
        super().__init__(f"stopped by signal {signal_number}")
        self.exit_code = 128 + signal_number


class RunStoppedError(BaseException):
    """Carries a TapError through the SDK, whose own handler would log a second line for it."""

    def __init__(self, error: TapError) -> None:
        super().__init__(str(error))
        self.error = error


class TryAgainError(Exception):
    """One attempt failed in a way that another may not.

    Attributes:
        final: what the user is told when no attempt is left.
        attempts: how many attempts this kind of failure is worth.
        wait: seconds that the vendor asked for.
    """

    def __init__(self, final: TapError, *, attempts: int, wait: float = 0.0) -> None:
        super().__init__(str(final))
        self.final = final
        self.attempts = attempts
        self.wait = wait
