"""A bank's tap that notices other runs, for the tests of what becomes of these."""

from __future__ import annotations

from functools import cached_property
from typing import ClassVar

from tap_kit.api import Api, Company, Page
from tap_kit.limiter import Duration, Rate
from tap_kit.settings import TOKEN_STORE
from tap_kit.sign_in import ApiKey
from tap_kit.table import Stream
from tap_kit.tap import TableTap
from tap_kit.token_store import TokenStore

WHO = r"another run of these streams is under way, since \d{4}(-\d\d){2} (\d\d:?){3} UTC on \S+ \(token_store \S+\)"
STREAMS = ("invoices", "vouchers")
SCHEMAS = {"bank_of_runs": {"invoices": {"id": {"type": "integer", "description": "The number."}}}}


def connection(where: str, seed: str = "seed") -> TokenStore:
    return TokenStore(where, tap="tap-test", seed=seed)


class BankTap(TableTap):
    """A tap with an API key, which needs no token store, and may be given one to notice other runs."""

    name = "tap-test"
    table = (Stream("invoices", "invoices"),)
    schema_package = "bank_of_runs"
    config_jsonschema: ClassVar = {
        "properties": {"url": {"type": "string"}, TOKEN_STORE.name: {"type": ["string", "null"]}}
    }

    @cached_property
    def api(self) -> Api:
        where = self.config.get("token_store")
        return Api(
            vendor="Bank",
            url=self.config["url"],
            sign_in=ApiKey({}, connection(where) if where else None),
            rates=(Rate(1000, Duration.SECOND),),
            in_flight=2,
            page_params=lambda number: {"page": number},
            read_page=lambda body, _: Page(body["records"], pages=body.get("pages", 1)),
            company=lambda _: Company("Acme", "1"),
            error_code=lambda _: "",
            access_hint=lambda _: "",
            credentials_hint="",
            not_json_hint="",
        )
