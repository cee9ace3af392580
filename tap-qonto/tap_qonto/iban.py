"""International bank account numbers (ISO 13616)."""

from __future__ import annotations


def compact(iban: str) -> str:
    """Return the IBAN as machines write it: without spaces, in capitals."""
    return "".join(iban.split()).upper()


def is_iban(text: str) -> bool:
    """Return whether the text is an IBAN whose check digits are right."""
    iban = compact(text)
    if not (iban.isascii() and iban.isalnum() and 15 <= len(iban) <= 34):  # noqa: PLR2004 - the standard's lengths
        return False
    return int("".join(str(int(character, 36)) for character in iban[4:] + iban[:4])) % 97 == 1
