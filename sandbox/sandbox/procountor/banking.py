"""Bank accounts, statements, reference payments, and payments."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sandbox.procountor import facts
from sandbox.procountor.booking import gross
from sandbox.procountor.draw import cents, euros, iban
from sandbox.procountor.receipts import Draft

if TYPE_CHECKING:
    from sandbox.procountor.booking import Row
    from sandbox.procountor.books import Books
    from sandbox.procountor.draw import Draw

Json = dict[str, Any]
REFERENCES = "Reference payments"
CODES = {"in": 705, "out": 702, "charge": 730}
"""Finnish codes that say what kind of event it is."""


@dataclass(slots=True)
class Event:
    """Money that moved on the main account."""

    cents: int
    name: str
    account: str
    """The other side in the books."""
    kind: str = "out"
    invoice: Json | None = None


def accounts(books: Books, draw: Draw) -> None:
    """The main account, one for savings, and one that is closed."""
    for place, (ledger, status) in enumerate(((facts.BANK, "ACTIVE"), (facts.SAVINGS, "ACTIVE"), ("", "INACTIVE"))):
        number = iban(draw)
        books.put(
            "bank_accounts",
            {
                "accountNumber": number,
                "iban": number,
                "bic": "SBXXFIHH",
                "bankName": "Sandbox Bank",
                "currency": "EUR",
                "defaultForInvoice": place == 0,
                "defaultForPayment": place == 0,
                "status": status,
                "orderNo": 3 - place,
                "associatedAccounts": [],
                "version": "2024-01-01T09:00:00",
                "ledgerAccount": ledger or facts.SAVINGS,
                "serviceNumbers": [],
                "showAccountOnInvoice": place == 0,
                "allowPayments": place == 0,
                "allowForeignPayments": False,
                "created": "2024-01-01T09:00:00",
            },
        )


def errors(books: Books) -> None:
    """Two payments that the bank refused; somebody has seen to one."""
    for place, status in enumerate(("HANDLED", "UNHANDLED")):
        values: Json = {
            "createdDate": f"2026-0{place + 4}-15",
            "type": "PAYMENT_ERROR",
            "status": status,
            "errorCode": "AC01",
            "referenceId": next(iter(books.tables["invoices"]), 0),
            "referenceType": "INVOICE",
            "invoiceType": "PURCHASE_INVOICE",
        }
        if status == "HANDLED":
            person = {"userId": facts.USER_ID, "firstName": "Aino", "lastName": "Reader", "comment": ""}
            values["errorHandlingInfo"] = {"date": "2026-04-16", **person}
        books.put("payment_error_messages", values)


def paid(books: Books, draw: Draw, invoice: Json, day: str, moment: str) -> Event:
    """The invoice is paid in full on that day: an event at the bank, a payment event, a payment where we paid."""
    selling, amount = invoice["type"].startswith("SALES"), gross(invoice)
    own = invoice["invoiceSumInfo"][-1]
    name = invoice["counterParty"]["counterPartyAddress"]["name"]
    status = "PAID"
    books.children["payment_events"].setdefault(invoice["id"], []).append(
        {
            "id": books.id("payment_events"),
            "invoiceId": invoice["id"],
            "type": "REFERENCEPAYMENT_TO_INVOICE" if selling else "BANKSTATEMENT_TO_INVOICE",
            "paymentDate": day,
            "status": status,
            "amount": euros(amount),
            "currency": "EUR",
            "description": "Payment" if selling else "",
            "paidAmount": own["invoiceSumTotal"],
            "paidCurrency": own["currency"],
            "_name": name,
        }
    )
    if not selling:
        books.put(
            "payments",
            {
                "invoiceId": invoice["id"],
                "paymentDate": day,
                "amount": own["invoiceSumTotal"],
                "receiverName": name,
                "status": status,
                "serviceCharge": "BOTH_PAY_OWN_FEES",
                "paidAmount": own["invoiceSumTotal"],
                "paidCurrency": own["currency"],
                "currency": own["currency"],
                "payerAccount": books.main_iban,
                "payerBic": "SBXXFIHH",
                "message": "",
                "receiverAccount": iban(draw),
                "receiverBic": "SBXXFIHH",
                "createdBy": facts.USERNAME,
            },
        )
    invoice["status"], invoice["paymentDate"], invoice["version"] = status, day, moment
    if selling:
        return Event(amount, name, facts.RECEIVABLES, "in", invoice)
    return Event(-amount, name, facts.PAYABLES, "out", invoice)


def statement(books: Books, draw: Draw, day: str, events: list[Event]) -> Draft:
    """One day of the main account, and the draft of its receipt. Reference payments are one event that holds them."""
    incoming = [event for event in events if event.kind == "in"]
    others = [event for event in events if event.kind != "in"]
    rows = [_event(books, draw, event, day) for event in others]
    if incoming:
        whole = Event(sum(event.cents for event in incoming), REFERENCES, facts.RECEIVABLES, "in")
        rows.append(_event(books, draw, whole, day) | {"events": [_event(books, draw, e, day) for e in incoming]})
        for event in incoming:
            _reference_payment(books, event, day)
    start, total = books.bank_cents, sum(event.cents for event in events)
    books.bank_cents = start + total
    plus = [row["sum"] for row in rows if row["sum"] > 0]
    minus = [row["sum"] for row in rows if row["sum"] < 0]
    books.put(
        "bank_statements",
        {
            "accountNumber": books.main_iban,
            "startDate": day,
            "endDate": day,
            "currency": "EUR",
            "numberOfDeposits": len(plus),
            "depositSum": euros(sum(map(cents, plus))),
            "numberOfWithdrawals": len(minus),
            "withdrawalSum": euros(sum(map(cents, minus))),
            "startBalance": euros(start),
            "endBalance": euros(books.bank_cents),
            "statementNumber": books.number("statements", day[:4]),
            "events": rows,
        },
    )
    booked: list[Row] = [(facts.BANK, total, None), *((event.account, -event.cents, None) for event in events)]
    return Draft("BANK_STATEMENT_AS_RECEIPT", f"Bank statement {day}", day, booked, f"{day}T23:10:00")


def _event(books: Books, draw: Draw, event: Event, day: str) -> Json:
    """Null for a name that the bank does not tell, and 0 for "no invoice", as clients have seen both."""
    invoice = event.invoice
    return {
        "id": books.id("bank_events"),
        "payDate": day,
        "valueDate": day,
        "sum": euros(event.cents),
        "accountNumber": "",
        "name": event.name if draw.percent(95) else None,
        "explanationCode": CODES[event.kind],
        "archiveCode": f"{day.replace('-', '')}{draw.digits(6)}",
        "message": "",
        "reference": invoice["paymentInfo"]["bankReferenceCode"] if invoice and event.kind == "in" else "",
        "allocated": invoice is not None,
        "invoiceId": invoice["id"] if invoice else 0,
        "endToEndId": 0,
        "attachments": [],
        "allocationMetadataRows": [],
    }


def _reference_payment(books: Books, event: Event, day: str) -> None:
    assert event.invoice  # noqa: S101 - whatever comes in with a reference pays an invoice
    books.put(
        "reference_payments",
        {
            "accountNumber": books.main_iban,
            "valueDate": day,
            "paymentDate": day,
            "sum": euros(event.cents),
            "name": event.name,
            "bankReference": f"{event.invoice['paymentInfo']['bankReferenceCode']:0>20}",
            "archiveId": f"{day.replace('-', '')}{event.invoice['id']}",
            "allocated": True,
            "invoiceId": event.invoice["id"],
            "attachments": [],
            "allocationMetadataRows": [],
        },
    )
