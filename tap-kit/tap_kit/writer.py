"""Singer messages to stdout, encoded by msgspec, written in blocks."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import msgspec
from singer_sdk.contrib.msgspec import enc_hook
from singer_sdk.singerlib.encoding.base import GenericSingerWriter

from tap_kit.errors import TapError
from tap_kit.vault import Hold

if TYPE_CHECKING:
    from singer_sdk.singerlib.encoding.simple import Message

BLOCK = 1 << 16


class Record(msgspec.Struct, tag_field="type", tag="RECORD", omit_defaults=True):
    """A RECORD message. `time_extracted` is when the page that held the record was received."""

    stream: str
    record: dict[str, Any]
    time_extracted: str
    version: int | None = None


class Writer(GenericSingerWriter[bytes, "Message | Record"]):
    """Buffers records, and lets everything out before and with any other message.

    A signal handler must not raise while a block is on its way, or half a line would be left: it looks at
    `writing`, and leaves in `stop` what is to be raised once the block is out. A run that has lost its `hold` to
    another one writes nothing more.
    """

    def __init__(self) -> None:
        self.writing = False
        self.stop: BaseException | None = None
        self.hold = Hold()
        self._encoder = msgspec.json.Encoder(enc_hook=enc_hook, decimal_format="number")
        self._buffer = bytearray()

    def serialize_message(self, message: Message | Record) -> bytes:
        """Return the message as one line."""
        return self._encoder.encode_lines([message if isinstance(message, Record) else message.to_dict()])

    def write_message(self, message: Message | Record) -> None:
        """Add a message; anything but a RECORD leaves at once, with all that came before it."""
        self._buffer += self.serialize_message(message)
        if len(self._buffer) >= BLOCK or not isinstance(message, Record):
            self.flush()

    def flush(self) -> None:
        """Write what is buffered.

        Raises:
            TapError: nobody reads stdout any more, or another run has taken over.
        """
        self.hold.check()
        self.writing = True
        block, self._buffer = self._buffer, bytearray()
        try:
            sys.stdout.buffer.write(block)
            sys.stdout.buffer.flush()
        except BrokenPipeError as error:
            raise TapError("stdout was closed by its reader: look for the error of the target") from error
        finally:
            self.writing = False
        stop, self.stop = self.stop, None
        if stop:
            raise stop
