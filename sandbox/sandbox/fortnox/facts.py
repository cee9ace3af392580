"""What the imaginary company is, and what it deals in."""

from __future__ import annotations

from dataclasses import dataclass

TENANT = 123456
NAME = "Exempel Lykta & Söner AB"
ORGANISATION = "999999-0001"
CLIENT_ID, CLIENT_SECRET = "sample-client", "notasecret"


@dataclass(frozen=True)
class Year:
    """A financial year. Ids say nothing about the order."""

    id: int
    start: str
    end: str


YEARS = (
    Year(2, "2020-07-13", "2021-12-31"),  # an extended first year
    Year(1, "2022-01-01", "2022-12-31"),
    Year(3, "2023-01-01", "2023-12-31"),
    Year(6, "2024-01-01", "2024-12-31"),
    Year(4, "2025-01-01", "2025-12-31"),
    Year(7, "2026-01-01", "2026-12-31"),
)
"""In the order of time; number 5 was removed."""
LOCKED_UNTIL = "2024-12-31"

VAT_ACCOUNTS = {25: (3001, 2611), 12: (3002, 2621), 6: (3003, 2631), 0: (3004, None)}
"""Sales and output VAT, by rate."""
EXPORT_ACCOUNT = 3105
RECEIVABLES, BANK, PAYABLES, INPUT_VAT, ROUNDING = 1510, 1930, 2440, 2641, 3740
EQUITY, RETAINED, RESULT, RESULT_OF_THE_YEAR = 2081, 2091, 2099, 8999
FIRST_RESULT_ACCOUNT = 3000
"""From here on an account is closed with its year."""

ACCOUNTS = {
    # number: (description, SRU, VAT code)
    1220: ("Inventarier och verktyg", 7215, None),
    1229: ("Ackumulerade avskrivningar på inventarier", 7215, None),
    1460: ("Lager av handelsvaror", 7243, None),
    1510: ("Kundfordringar", 7251, None),
    1513: ("Kundfordringar, delad faktura", 7251, None),
    1630: ("Skattekonto", 7261, None),
    1650: ("Momsfordran", 7261, None),
    1710: ("Förutbetalda hyreskostnader", 7263, None),
    1790: ("Övriga förutbetalda kostnader", 7263, None),
    1910: ("Kassa", 7281, None),
    1930: ("Företagskonto / checkkonto / affärskonto", 7281, None),
    1940: ("Övriga bankkonton", 7281, None),
    2081: ("Aktiekapital", 7301, None),
    2091: ("Balanserad vinst eller förlust", 7302, None),
    2099: ("Årets resultat", 7302, None),
    2350: ("Andra långfristiga skulder till kreditinstitut", 7352, None),
    2440: ("Leverantörsskulder", 7365, None),
    2510: ("Skatteskulder", 7368, None),
    2611: ("Utgående moms på försäljning inom Sverige, 25 %", 7369, "U1"),
    2621: ("Utgående moms på försäljning inom Sverige, 12 %", 7369, "U2"),
    2631: ("Utgående moms på försäljning inom Sverige, 6 %", 7369, "U3"),
    2641: ("Debiterad ingående moms", 7369, "I"),
    2650: ("Redovisningskonto för moms", 7369, "R1"),
    2710: ("Personalskatt", 7369, None),
    2731: ("Avräkning lagstadgade sociala avgifter", 7369, None),
    2970: ("Förutbetalda intäkter", 7370, None),
    2990: ("Övriga upplupna kostnader", 7370, None),
    3001: ("Försäljning inom Sverige, 25 % moms", 7410, "MP1"),
    3002: ("Försäljning inom Sverige, 12 % moms", 7410, "MP2"),
    3003: ("Försäljning inom Sverige, 6 % moms", 7410, "MP3"),
    3004: ("Försäljning inom Sverige, momsfri", 7410, "MF"),
    3105: ("Försäljning varor till land utanför EU", 7410, "VTEU"),
    3740: ("Öres- och kronutjämning", 7410, None),
    4000: ("Inköp av varor", 7511, None),
    5010: ("Lokalhyra", 7513, None),
    5410: ("Förbrukningsinventarier", 7513, None),
    5610: ("Personbilskostnader", 7513, None),
    5800: ("Resekostnader", 7513, None),
    6071: ("Representation, avdragsgill", 7513, None),
    6110: ("Kontorsmateriel", 7513, None),
    6212: ("Mobiltelefon", 7513, None),
    6250: ("Postbefordran", 7513, None),
    6351: ("Konstaterade förluster på kundfordringar", 7513, None),
    6540: ("IT-tjänster", 7513, None),
    6570: ("Bankkostnader", 7513, None),
    7010: ("Löner till kollektivanställda", 7514, None),
    7510: ("Lagstadgade sociala avgifter", 7514, None),
    7832: ("Avskrivningar på inventarier och verktyg", 7515, None),
    7960: ("Valutakursförluster", -7527, None),
    8310: ("Ränteintäkter från omsättningstillgångar", 7417, None),
    8999: ("Årets resultat", -7450, None),
}
"""Of the Swedish BAS chart. SRU numbers may be negative (recorded answers)."""

SERIES = {
    # code: (description, may be used by hand)
    "A": ("Redovisning", True),
    "B": ("Kundfakturor", False),
    "C": ("Kundinbetalningar", False),
    "D": ("Leverantörsfakturor", False),
    "E": ("Leverantörsbetalningar", False),
    "I": ("Periodiseringar", True),
    "L": ("Löner", False),
    "Å": ("Årsbokslut", True),
}
MANUAL, CLOSING = "A", "Å"

COST_CENTERS = {"VERKST": "Verkstad", "KONTOR": "Kontor", "SÄLJ": "Försäljning"}
PROJECTS = {"1": "Fyrtornet", "2": "Hamnlyktor", "P-3": 'Projekt "Gatljus"', "GÅRD 4": "Gårdsbelysning"}
UNITS = {"st": "styck", "h": "timmar", "förp": "förpackning", "m²": "kvadratmeter"}
CURRENCIES = {"SEK": ("Svenska kronor", 1), "EUR": ("Euro", 11.25), "USD": ("US-dollar", 9.6), "NOK": ("Norska", 0.97)}
PAYMENT_TERMS = {"0": 0, "10": 10, "15": 15, "20": 20, "30": 30, "K": 0, "PF": 0}
"""Code, and the days that it gives."""
COUNTERPARTIES = (
    ("Björk", "Ek", "Alm", "Ask", "Rönn", "Gran", "Tall", "En", "Hägg", "Lind"),
    ("Ångbåt", "Bryggan", "Cykel", "Dynamo", "Färg", "Glas", "Hamn", "Järn", "Kedja", "Öglan"),
)
GOODS = ("Lykta", "Fotogen", "Veke", "Glaskupa", "Stolpe", "Krok", "Kabel", "Reflektor", "Fäste", "Batteri")
COSTS = (
    # account, what it is, median in öre
    (6570, "Bankavgift", 15_000),
    (5010, "Hyra", 1_200_000),
    (6110, "Kontorsmateriel", 60_000),
    (6212, "Mobil", 45_000),
    (6071, 'Lunch på "Fyren"', 55_000),
    (5800, "Resa", 180_000),
    (6250, "Porto", 9_000),
)
