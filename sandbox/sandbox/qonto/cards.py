"""Records about cards and what they are used at."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sandbox.qonto.store import Store
    from sandbox.qonto.values import Draw, Json


def card(store: Store, draw: Draw) -> Json:
    """With limits in whole units and counters that move."""
    company = store.books.company
    status = draw.turn("live", "live", "paused", "discarded", "pending", "pin_blocked", "live", "expired")
    digits, level = f"{draw.randrange(10_000):04d}", draw.turn("standard", "virtual", "plus", "flash", "metal")
    holder = draw.choice(company.initiators)
    flash, spent = level == "flash", draw.randrange(0, 100_000) / 100
    return {
        "id": draw.id(),
        "nickname": draw.turn("💳 for 🍗", "Travel", None, "Tools"),
        "embossed_name": f"SAMPLE HOLDER {draw.number + 1}",
        "status": status,
        "pin_set": True,
        "mask_pan": f"511768******{digits}",
        "exp_month": str(draw.randrange(1, 13)),
        "exp_year": "2028",
        "last_activity_at": draw.updated if draw.percent(80) else None,
        "last_digits": digits,
        "ship_to_business": draw.percent(50),
        "atm_option": True,
        "nfc_option": True,
        "online_option": True,
        "foreign_option": draw.percent(60),
        "atm_monthly_limit": 1000,
        "atm_monthly_spent": 0,
        "atm_daily_limit": 500,
        "atm_daily_spent": 0,
        "atm_daily_limit_option": True,
        "payment_monthly_limit": 5000,
        "payment_monthly_spent": spent,
        "payment_daily_limit": 1000,
        "payment_daily_spent": min(spent, 1000),
        "payment_daily_limit_option": True,
        "payment_transaction_limit": 500,
        "payment_transaction_limit_option": False,
        "active_days": [1, 2, 3, 4, 5],
        "holder_id": holder,
        "initiator_id": company.initiators[0],
        "bank_account_id": company.accounts[draw.number % 2].id,
        "organization_id": company.id,
        "updated_at": draw.updated,
        "created_at": draw.created,
        "shipped_at": draw.created.later(2) if level in {"standard", "plus", "metal"} else None,
        "card_type": "debit",
        "card_level": level,
        "payment_lifespan_limit": 100 if flash else 0,
        "payment_lifespan_spent": 42.5 if flash else 0,
        "pre_expires_at": draw.created.later(7) if flash else None,
        "categories": ["transport", "restaurant_and_bar"] if draw.percent(30) else [],
        "renewed": False,
        "renewal": False,
        "parent_card_summary": None,
        "had_operation": spent > 0,
        "had_pin_operation": False,
        "card_design": f"{level}.default.2021",
        "type_of_print": "print",
        "upsold": False,
        "upsell": False,
        # No such day; the documentation has one like it.
        "discard_on": "2022-11-31" if status == "discarded" else None,
        "reordered": False,
        "appearance": {
            "assets": {"front_large": None, "front_small": None, "front_small_wallet": None},
            "theme": "dark",
            "gradient_hex_color": "#101010",
        },
        "has_only_user_liftable_locks": True,
        "shipped_lost_at": None,
        "eligible_for_renewal": False,
        "eligible_for_upsell": False,
        "is_qcp": False,
    }


def terminal(_store: Store, draw: Draw) -> Json:
    """A card reader."""
    return {
        "id": draw.id(),
        "poi_id": f"P400-{draw.number:06d}",
        "created_at": draw.created,
        "updated_at": draw.updated,
    }
