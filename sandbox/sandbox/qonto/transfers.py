"""Records about money that goes out: beneficiaries and transfers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.qonto import bank
from sandbox.qonto.values import Draw, Json, decimal, moment, numbers

if TYPE_CHECKING:
    from sandbox.qonto.store import Store

CURRENCIES = (("USD", "US"), ("GBP", "GB"), ("SEK", "SE"), ("CHF", "CH"), ("JPY", "JP"))


def sepa_beneficiary(store: Store, draw: Draw) -> Json:
    """One of those that the transactions pay, for as many as there are."""
    known = store.books.company.counterparties
    number = draw.number
    name, iban = f"Later Sample {number}", bank.german_iban(draw.randrange(10**10))
    if number < len(known):
        name, iban = known[number].name, known[number].iban
    return {
        "id": draw.id(),
        "name": name,
        "email": f"payee-{number + 1}@example.com" if draw.percent(60) else None,
        "activity_tag": draw.turn("other_expense", "atm", "logistics"),
        "iban": iban,
        "bic": draw.turn("SMPLDEF0XXX", None),
        "currency": "EUR",
        "status": draw.turn("validated", "validated", "pending", "validated", "declined"),
        "trusted": draw.percent(50),
        "created_at": draw.created,
        "updated_at": draw.updated,
    }


def sepa_transfer(store: Store, draw: Draw) -> Json:
    """Four of five are settled: the other side of a transaction to the same account, of the same amount."""
    status = draw.turn("settled", "settled", "settled", "settled", "open")
    done = store.outgoing(draw.number - draw.number // 5, "beneficiaries") if status == "settled" else None
    if done is None:
        status = ("pending", "declined", "processing", "canceled")[draw.number // 5 % 4]
    company, beneficiaries = store.books.company, store.records["sepa_beneficiaries"]
    payee = store.payee(done) if done else draw.choice(beneficiaries)["id"] if beneficiaries else None
    settled_at = moment(done["settled_at"]) if done else None
    return {
        "id": draw.id(),
        "initiator_id": done["initiator_id"] if done else draw.choice(company.initiators),
        **numbers("amount", done["amount_cents"] if done else draw.cents(40_000)),
        "amount_currency": "EUR",
        "beneficiary_id": payee,
        "status": status,
        "scheduled_date": done["emitted_at"][:10] if done else draw.created.date(3),
        "created_at": moment(done["created_at"]) if done else draw.created,
        "updated_at": max(draw.updated, settled_at) if settled_at else draw.updated,
        "bank_account_id": done["bank_account_id"] if done else company.accounts[0].id,
        "reference": done["reference"] if done else f"Transfer {draw.number + 1}",
        "note": None,
        "declined_reason": "debit_account_insufficient_funds" if status == "declined" else None,
        "processed_at": settled_at,
        "completed_at": settled_at,
        "transaction_id": done["id"] if done else None,
        "recurring_transfer_id": None,
    }


def sepa_recurring_transfer(store: Store, draw: Draw) -> Json:
    """What some of the transfers came from. Keys may be missing."""
    transfers = store.records["sepa_transfers"]
    settled = [t for t in transfers if t["transaction_id"] and not t["recurring_transfer_id"]]
    template = settled[0] if settled else None
    company = store.books.company
    ends = draw.percent(50)
    created = min(draw.created, store.cut("sepa_recurring_transfers", template["created_at"])) if template else None
    record = {
        "id": draw.id(),
        "initiator_id": template["initiator_id"] if template else company.initiators[0],
        "bank_account_id": template["bank_account_id"] if template else company.accounts[0].id,
        **numbers("amount", template["amount_cents"] if template else draw.cents(30_000)),
        "amount_currency": "EUR",
        "beneficiary_id": template["beneficiary_id"] if template else None,
        "reference": f"Standing order {draw.number + 1}",
        "note": None,
        "first_execution_date": template["scheduled_date"] if template else draw.created.date(),
        "last_execution_date": draw.updated.date(365) if ends else None,
        "next_execution_date": draw.updated.date(20) if draw.percent(70) else None,
        "frequency": draw.turn("monthly", "weekly", "quarterly", "half_yearly", "yearly"),
        "created_at": created or draw.created,
        "updated_at": draw.updated,
        "status": draw.turn("active", "canceled"),
    }
    if template:
        template["recurring_transfer_id"] = record["id"]
    for absent in draw.turn((), ("status",), ("note",)):
        del record[absent]
    return record


def sepa_bulk_transfer(store: Store, draw: Draw) -> Json:
    """Three transfers, and one that was refused in some."""
    transfers = store.records["sepa_transfers"]
    start = draw.number * 3 % max(1, len(transfers))
    created = min((transfer["created_at"] for transfer in transfers[start : start + 3]), default=draw.created)
    results = [
        {
            "client_transfer_id": draw.id(),
            "transfer_id": transfer["id"],
            "errors": [],
            "status": "completed" if transfer["status"] == "settled" else "pending",
        }
        for transfer in transfers[start : start + 3]
    ]
    if draw.number % 2:
        refusal = {"code": "invalid_iban", "detail": "the account number is not valid"}
        results.append(
            {
                "client_transfer_id": draw.id(),
                "transfer_id": None,
                "errors": [{"errors": [refusal]}],
                "status": "failed",
            }
        )
    counts = {
        f"{status}_count": sum(r["status"] == status for r in results) for status in ("completed", "pending", "failed")
    }
    return {
        "id": draw.id(),
        "initiator_id": store.books.company.initiators[0],
        "created_at": created,
        "updated_at": max(draw.updated, created),
        "total_count": len(results),
        **counts,
        "results": results,
    }


def external_transfer(store: Store, draw: Draw) -> Json:
    """To a country outside SEPA. Money is text, cents too; there is no `updated_at`."""
    done = store.outgoing(draw.number, "others") if draw.number % 4 else None
    status = "completed" if done else draw.choice(("pending", "canceled", "declined"))
    company = store.books.company
    cents = done["amount_cents"] if done else draw.cents(80_000)
    credit = round(cents * 1.09)
    settled_at = moment(done["settled_at"]) if done else None
    payees = store.records["international_beneficiaries"]
    payer = done["bank_account_id"] if done else company.accounts[0].id
    return {
        "id": draw.id(),
        "slug": f"external-transfer-{draw.number + 1}",
        "initiator_id": done["initiator_id"] if done else company.initiators[0],
        "debit_iban": next(account.iban for account in company.accounts if account.id == payer),
        "debit_amount": decimal(cents),
        "debit_amount_cents": str(cents),
        "debit_currency": "EUR",
        "credit_amount": decimal(credit),
        "credit_amount_cents": str(credit),
        "credit_currency": "USD",
        "rate_applied": "1.09",
        "payment_purpose": "goods",
        "reference": done["reference"] if done else f"External {draw.number + 1}",
        "note": None,
        "declined_reason": "beneficiary_bic_invalid" if status == "declined" else None,
        "scheduled_date": (settled_at or draw.created).date(),
        "processed_at": settled_at,
        "completed_at": settled_at,
        "status": status,
        "beneficiary_id": payees[0]["id"] if payees else None,
        "transaction_id": done["id"] if done else None,
        "created_at": moment(done["created_at"]) if done else draw.created,
        "_updated_at": settled_at or draw.created,
    }


def international_beneficiary(_store: Store, draw: Draw) -> Json:
    """Abroad, in one of the currencies."""
    currency, country = draw.turn(*CURRENCIES[:3])
    return {
        "id": draw.id(),
        "name": f"Abroad Sample {draw.number + 1}",
        "country": country,
        "currency": currency,
        "payment_type": "aba" if currency == "USD" else "swift",
        "account_identifier": f"{draw.randrange(10**9):09d}",
        "legal_type": "LEGAL_TYPE_COMPANY",
        "owned_by_customer": False,
        "bank_identifier": "SMPLUS00",
        "branch_identifier": "000000000" if currency == "USD" else None,
    }


def currency(_store: Store, draw: Draw) -> Json:
    """Money goes there."""
    code, country = CURRENCIES[draw.number] if draw.number < len(CURRENCIES) else (f"X{draw.number:02d}", "XX")
    return {"currency_code": code, "country_code": country, "suggestion_priority": draw.number + 1}


def eligibility(_store: Store, _draw: Draw) -> Json:
    """Text, not a boolean."""
    return {"eligible": "eligible", "reason": None}
