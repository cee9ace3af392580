"""Ids of transactions, computed from their position and back: a million need no table."""

from __future__ import annotations

from dataclasses import dataclass

BITS = 40
MASK = (1 << BITS) - 1
FACTOR = 0x9E3779B97F
INVERSE = pow(FACTOR, -1, 1 << BITS)
SPREAD = 0x9E3779B97F4A7C15F39CC0605CEDC835
WORD = (1 << 128) - 1
VERSION, VERSION_4 = 0xF << 76, 4 << 76
VARIANT, VARIANT_RFC = 0x3 << 62, 2 << 62


@dataclass(frozen=True)
class Ids:
    """Version 4 UUIDs, others for every seed."""

    seed: int

    def of(self, position: int) -> str:
        """The low bits are the position, multiplied; the others follow from them."""
        low = (position * FACTOR + self.seed) & MASK
        high = (low + self.seed + 1) * SPREAD & WORD & ~MASK
        number = (high | low) & ~VERSION & ~VARIANT | VERSION_4 | VARIANT_RFC
        text = f"{number:032x}"
        return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"

    def position(self, uuid: str) -> int | None:
        """Where the transaction would be; None for what is not an id of this company."""
        try:
            low = int(uuid.replace("-", ""), 16) & MASK
        except ValueError:
            return None
        position = (low - self.seed) * INVERSE & MASK
        return position if self.of(position) == uuid else None
