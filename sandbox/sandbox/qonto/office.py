"""Records about the company itself: people, requests, statements, and how it uses the bank."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.qonto.values import Draw, File, Json, decimal

if TYPE_CHECKING:
    from sandbox.qonto.store import Store

MAX_DAYS = 28
CLOSED_BOOKS = 2026 * 12 + 4
"""The last month with a statement, May 2026, counted from year 0."""


def membership(store: Store, draw: Draw) -> Json:
    """Somebody who joins later."""
    name = f"{draw.number + 1}"
    return {
        "id": draw.id(),
        "first_name": f"First-{name}",
        "last_name": f"Sample-{name}",
        "email": f"member-{name}@sample-lantern-works.example",
        "role": "employee",
        "residence_country": "FR",
        "birthdate": f"1990-01-{draw.number % MAX_DAYS + 1:02d}",
        "nationality": "FR",
        "birth_country": "FR",
        "ubo": False,
        "status": "active",
        "team_id": draw.choice(team_ids(store)),
    }


def team_ids(store: Store) -> list[str]:
    """Ids of the teams that people are in."""
    return [member["team_id"] for member in store.books.company.memberships if member["team_id"]]


def own_membership(store: Store, _draw: Draw) -> Json:
    """The owner's: the credentials are hers."""
    owner = store.books.company.memberships[0]
    shared = ("id", "first_name", "last_name", "email", "status", "role", "team_id")
    more = {"phone_number": "+33600000000", "position": "Founder", "locale": "fr", "kyc_status": "accepted"}
    return {name: owner[name] for name in shared} | more


def team(store: Store, draw: Draw) -> Json:
    """The teams of the members come first."""
    known = team_ids(store)
    number = draw.number
    return {"id": known[number] if number < len(known) else draw.id(), "name": f"Team {number + 1}"}


def cash_flow_category(store: Store, draw: Draw) -> Json:
    """A branch of the tree; those of the transactions come first. The rate may be absent."""
    flows = list(store.books.company.cashflow.items())
    if draw.number >= len(flows):
        return {"id": draw.id(), "name": f"Own {draw.number}", "type": "CATEGORY_TYPE_OUTFLOW", "subcategories": []}
    side, (top, children) = flows[draw.number]
    outgoing = side == "debit"
    return {
        **top,
        "type": "CATEGORY_TYPE_OUTFLOW" if outgoing else "CATEGORY_TYPE_INFLOW",
        **({"vat_rate": "20"} if outgoing else {}),
        "subcategories": [{**child, **({"vat_rate": "20"} if outgoing else {})} for child in children],
    }


def request(store: Store, draw: Draw) -> Json:
    """One of four types, each with keys of its own. Amounts are text."""
    kind = draw.turn("transfer", "flash_card", "virtual_card", "multi_transfer")
    status = draw.choice(("pending", "approved", "declined", "canceled"))
    members = store.books.company.initiators
    common = {
        "id": draw.id(),
        "request_type": kind,
        "status": status,
        "initiator_id": draw.choice(members),
        "approver_id": members[0] if status in {"approved", "declined"} else None,
        "note": f"Request {draw.number + 1}",
        "declined_note": "Not this month" if status == "declined" else None,
        "processed_at": None if status == "pending" else draw.updated,
        "created_at": draw.created,
    }
    money = decimal(draw.cents(50_000))
    match kind:
        case "flash_card":
            own = {"payment_lifespan_limit": money, "pre_expires_at": draw.created.later(7), "currency": "EUR"}
        case "virtual_card":
            own = {
                "payment_monthly_limit": money,
                "currency": "EUR",
                "card_level": "virtual",
                "card_design": "virtual.default.2021",
            }
        case "transfer":
            own = {
                "creditor_name": draw.choice(store.books.company.counterparties).name,
                "amount": money,
                "currency": "EUR",
                "scheduled_date": draw.created.date(2),
                "recurrence": draw.choice(("once", "monthly")),
                "last_recurrence_date": None,
                "attachment_ids": [store.attach(draw, f"request-{draw.number + 1}.pdf")],
            }
        case _:
            own = {
                "total_transfers_amount": money,
                "total_transfers_amount_currency": "EUR",
                "total_transfers_count": draw.randrange(2, 9),
                "scheduled_date": draw.created.date(2),
            }
    return common | own


def statement(store: Store, draw: Draw) -> Json:
    """A month of a bank account, the latest month first."""
    accounts = [account for account in store.books.company.accounts if not account.plan.external]
    account = accounts[draw.number % len(accounts)]
    year, month = divmod(CLOSED_BOOKS - draw.number // len(accounts), 12)
    name, size = f"{account.slug}-{year}-{month + 1:02d}.pdf", draw.randrange(1500, 3000)
    number = draw.id()
    return {
        "id": number,
        "bank_account_id": account.id,
        "period": f"{month + 1:02d}-{year}",
        "file": {
            "file_name": name,
            "file_content_type": "application/pdf",
            "file_size": str(size),
            "file_url": File(number, name, size),
        },
        "_iban": account.iban,
    }


def insurance_contract(_store: Store, draw: Draw) -> Json:
    """Only to be had by its id."""
    return {
        "id": draw.id(),
        "name": f"Liability {draw.number + 1}",
        "contract_id": f"{10_000 + draw.number}",
        "origin": "insurance_hub",
        "provider_slug": "sample-insurer",
        "type": "business_liability",
        "status": "active",
        "troubleshooting_url": None,
        "service_url": "https://insurer.example/service",
        "expiration_date": draw.created.date(730),
        "start_date": draw.created.date(),
        "renewal_date": draw.created.date(365),
        "payment_frequency": "month",
        "price": {"value": "99.99", "currency": "EUR"},
        "documents": [{"id": draw.id(), "name": "Contract", "type": "contract"}],
    }


def webhook_subscription(store: Store, draw: Draw) -> Json:
    """Without its secret, which the documentation shows only where one is made."""
    return {
        "id": draw.id(),
        "organization_id": store.books.company.id,
        "membership_id": store.books.company.memberships[0]["id"],
        "callback_url": f"https://hooks.sample-lantern-works.example/{draw.number}",
        "types": ["v1/transactions", "v1/memberships"],
        "description": f"Hook {draw.number}",
        "created_at": draw.created,
        "updated_at": draw.updated,
    }


def user_organization(store: Store, draw: Draw) -> Json:
    """The company, and others that the owner may have."""
    organization = store.books.company.organization()
    shared = ("id", "name", "legal_name", "legal_number", "legal_country")
    other = {"id": draw.id(), "name": f"Other Sample {draw.number}"} if draw.number else {}
    return {name: organization[name] for name in shared} | other | {"membership_role": "owner"}


def plan(_store: Store, _draw: Draw) -> Json:
    """What is written depends on a setting."""
    return {"code": "business"}


PLANS: dict[str, Json | None] = {
    name: {
        "code": f"team_{name}",
        "name": name.title().replace("_", " "),
        "lineup": "teams",
        "status": "active",
        "recurrence": "monthly",
        "monthly_price": {"amount": price, "currency": "EUR"},
        "trial_ends_at": None,
    }
    for name, price in (("business", "99.00"), ("essential", "49.00"), ("solo_basic", "11.00"))
} | {"none": None}


def einvoicing_settings(_store: Store, _draw: Draw) -> Json:
    """A bare object."""
    return {"sending_status": "enabled", "receiving_status": "pending_creation"}
