"""What the imaginary company and its bank deal in."""

from __future__ import annotations

from dataclasses import dataclass

PENDING, COMPLETED, DECLINED, DELETED = 0, 1, 2, 3
STATUSES = {"pending": PENDING, "completed": COMPLETED, "declined": DECLINED}
STATUS_NAMES = tuple(STATUSES)

HISTORY_START = "2023-01-01T00:00:00Z"
SLUG = "sample-lantern-works-1234"
API_KEY = f"{SLUG}:notasecret"
CLIENT_ID, CLIENT_SECRET = "sample-client", "notasecret"
PUBLIC_CLIENT_ID = "sample-public-client"
"""Has no secret, and must use PKCE."""


@dataclass(frozen=True)
class Kind:
    """One sort of transaction. Amounts in cents, log-normal around `median`."""

    operation_type: str
    subject_type: str
    side: str
    weight: float
    median: int
    detail: str | None
    """The object that describes the other side, named after the subject."""
    categories: tuple[str, ...]
    initiated: bool = False
    vat: bool = False

    @property
    def sign(self) -> int:
        """+1 for money in, -1 for money out."""
        return 1 if self.side == "credit" else -1


SPENDING = ("restaurant_and_bar", "transport", "online_service", "office_supply", "gas_station", "it_and_electronics")
BILLS = ("office_rental", "legal_and_accounting", "logistics", "manufacturing", "marketing", "salary", "tax")

KINDS = (
    Kind("income", "Income", "credit", 22, 90_000, "income", ("sales", "other_income"), vat=True),
    Kind("card", "Card", "debit", 40, 3_500, None, SPENDING, initiated=True, vat=True),
    Kind("transfer", "Transfer", "debit", 21, 60_000, "transfer", BILLS, initiated=True, vat=True),
    Kind("direct_debit", "DirectDebit", "debit", 8, 15_000, "direct_debit", ("utility", "insurance", "subscription")),
    Kind("qonto_fee", "BillingTransfer", "debit", 2, 900, None, ("fees",), vat=True),
    Kind("swift_income", "SwiftIncome", "credit", 2, 200_000, "swift_income", ("sales",)),
    Kind("cheque", "Check", "credit", 1, 30_000, "check", ("sales", "refund")),
    Kind("direct_debit", "DirectDebitCollection", "credit", 1, 20_000, "direct_debit_collection", ("sales",)),
    Kind("direct_debit", "DirectDebitHold", "debit", 1, 5_000, "direct_debit_hold", ("finance",)),
    Kind("transfer", "PagopaPayment", "debit", 1, 12_000, "pagopa_payment", ("tax",), initiated=True),
    Kind("transfer", "FinancingInstallment", "debit", 1, 40_000, "financing_installment", ("finance",)),
)  # fmt: skip
INCOME, TRANSFER = 0, 2
PLAIN = {"credit": INCOME, "debit": TRANSFER}
"""The kind of a transaction of which only the side is known."""


@dataclass(frozen=True)
class AccountPlan:
    """One bank account to open. `number` is set where there is no IBAN."""

    name: str
    currency: str
    weight: float
    main: bool = False
    closed: bool = False
    external: bool = False


ACCOUNTS = (
    AccountPlan("Main account", "EUR", 55, main=True),
    AccountPlan("Taxes and reserves", "EUR", 25),
    AccountPlan("Dollar account", "USD", 8),
    AccountPlan("First shop", "EUR", 4, closed=True),
    AccountPlan("Elsewhere Bank", "GBP", 8, external=True),
)

LABELS = {
    "Projects": ("Lighthouse", "Harbour lamps", "Street lamps"),
    "Cost centres": ("Workshop", "Office", "Sales"),
    "To be checked": (),
}

MEMBERS = (
    # role, status, country
    ("owner", "active", "FR"),
    ("admin", "active", "DE"),
    ("manager", "active", "IT"),
    ("employee", "active", "ES"),
    ("employee", "revoked", "FR"),
    ("accountant", "active", "FR"),
    ("reporting", "active", "BE"),
    (None, "invitable", None),
    (None, "invitable", None),
)

FOREIGN = (
    # units of the local currency for one unit of the account's
    ("USD", 1.09),
    ("SEK", 11.3),
    ("CHF", 0.96),
    ("JPY", 161.0),
    ("GBP", 0.85),
)
VAT_RATES = (20.0, 10.0, 5.5, 2.1)
CASHFLOW = {
    "credit": ("Inflows", ("Customer payments", "Other inflows")),
    "debit": ("Outflows", ("Suppliers", "People", "Taxes")),
}
COUNTERPARTY_WORDS = (
    ("Amber", "Birch", "Cobalt", "Dune", "Ember", "Fern", "Granite", "Hazel", "Indigo", "Juniper"),
    ("Anvil", "Bridge", "Compass", "Dynamo", "Engine", "Foundry", "Gearbox", "Hammer", "Inkwell", "Jigsaw"),
)
