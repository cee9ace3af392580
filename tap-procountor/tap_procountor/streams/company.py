"""The company, what it has set up, and who is signed in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tap_kit.details import Details
from tap_kit.table import Stream

from tap_procountor.shapes import KEY, RESULTS, single, value_as, whole

if TYPE_CHECKING:
    from tap_kit.table import Partition, RawRecord


def e_invoice_address(record: RawRecord, _: Partition) -> RawRecord:
    """An address has no identifier but the operator and itself, and may lack either."""
    return {
        **record,
        "operatorId": record.get("operatorId") or 0,
        "receivingAddress": record.get("receivingAddress") or "",
    }


COMPANY = (
    single("company", "company"),
    single("session", "sessioninfo"),
    single("usage_settings", "company/usagesettings"),
    single("invoice_circulation_settings", "company/invoicecirculation/settings"),
    whole(
        "verifier_lists",
        "company/invoicecirculation/verifierlists",
        details=Details("company/invoicecirculation/verifierlists/{id}"),
    ),
    whole("invoice_templates", "company/invoicetemplates"),
    whole(
        "delivery_terms",
        "company/deliveryterms",
        envelope="deliveryTerms",
        key=("company_id", "name"),
        prepare=value_as("name"),
    ),
    whole(
        "e_invoice_addresses",
        "company/einvoiceaddresses",
        key=("company_id", "operator_id", "receiving_address"),
        prepare=e_invoice_address,
    ),
    single("collection_settings", "company/expenses/collectionpenal/settings"),
    single("users", "users", key=KEY, selected=False, needs="to be chosen: it holds a personal identity code"),
    single("user_rights", "users/rights"),
    single(
        "personal_details",
        "businesspartners/personaldetails",
        none=(404,),  # of a technical user
        selected=False,
        needs="to be chosen: it holds a personal identity code",
    ),
    Stream("webhooks", path="webhooks", key=("company_id", "uuid"), envelope=RESULTS),
)
