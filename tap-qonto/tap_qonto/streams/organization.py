"""The organization, its people, and what it has set up."""

from __future__ import annotations

from tap_kit.table import Partition, RawRecord, Stream

WITH_EXTERNAL = {"include_external_accounts": "true"}


def with_id(record: RawRecord, _: Partition) -> RawRecord:
    """Answers from before about 2019 carry no id; there the slug, or the transaction_id, is the key."""
    return {**record, "id": record.get("id") or record.get("transaction_id") or record.get("slug")}


ORGANIZATION = (
    Stream("organization", path="organization", params=WITH_EXTERNAL, prepare=with_id),
    Stream("memberships", path="memberships"),
    Stream("membership", path="membership", needs="OAuth 2.0 with scope membership.read", selected=False),
    Stream("teams", path="teams", needs="OAuth 2.0 with scope team.read", selected=False),
    Stream(
        "subscription",
        path="subscription",
        envelope="plan",
        key=("code",),
        needs="scope subscription.read",
        selected=False,
    ),
    Stream(
        "user_organizations",
        path="user_organizations",
        envelope="organizations",
        needs="OAuth 2.0 of a user",
        selected=False,
    ),
    Stream(
        "webhook_subscriptions",
        path="webhook_subscriptions",
        envelope="subscriptions",
        needs="OAuth 2.0 with scope webhook",
        selected=False,
    ),
)
