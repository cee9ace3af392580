"""The organization, its people, and what it has set up."""

from __future__ import annotations

from tap_kit.table import Partition, RawRecord, Stream

from tap_qonto.api import OAUTH

WITH_EXTERNAL = {"include_external_accounts": "true"}


def with_id(record: RawRecord, _: Partition) -> RawRecord:
    """Answers from before about 2019 carry no id; there the slug, or the transaction_id, is the key."""
    return {**record, "id": record.get("id") or record.get("transaction_id") or record.get("slug")}


ORGANIZATION = (
    Stream("organization", path="organization", params=WITH_EXTERNAL, prepare=with_id),
    Stream("memberships", path="memberships"),
    Stream("membership", path="membership", scope="membership.read", needs=OAUTH, selected=False),
    Stream("teams", path="teams", scope="team.read", needs=OAUTH, selected=False),
    Stream(
        "subscription",
        path="subscription",
        envelope="plan",
        key=("code",),
        scope="subscription.read",
        selected=False,
    ),
    Stream(
        "user_organizations",
        path="user_organizations",
        envelope="organizations",
        scope="openid",
        needs=OAUTH,
        selected=False,
    ),
    Stream(
        "webhook_subscriptions",
        path="webhook_subscriptions",
        envelope="subscriptions",
        scope="webhook",
        needs=OAUTH,
        selected=False,
    ),
)
