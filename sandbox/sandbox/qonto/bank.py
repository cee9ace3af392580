"""Account numbers of imaginary banks, with the check digits that real ones have."""

from __future__ import annotations

BIC = "SMPLFRP0XXX"


def iban(country: str, bban: str) -> str:
    """ISO 13616: the two digits that make the number 1 modulo 97."""
    digits = "".join(str(int(character, 36)) for character in bban + country + "00")
    return f"{country}{98 - int(digits) % 97:02d}{bban}"


def french_iban(account: int) -> str:
    """An account at bank 99999, branch 00001, with the national key."""
    key = 97 - (89 * 99999 + 15 * 1 + 3 * account) % 97
    return iban("FR", f"9999900001{account:011d}{key:02d}")


def german_iban(account: int) -> str:
    """An account at the bank code 00000000, which no bank has."""
    return iban("DE", f"{0:08d}{account:010d}")
