"""Singer tap for the Qonto Business API."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, ClassVar, NoReturn

from tap_kit.cli import run
from tap_kit.errors import AccessError, ConfigError
from tap_kit.tap import TableTap
from tap_kit.token_store import TokenStore

from tap_qonto.api import STAGING_HEADER, by_key, by_oauth, qonto
from tap_qonto.settings import SETTINGS, check
from tap_qonto.streams import STREAMS

if TYPE_CHECKING:
    from tap_kit.api import Api


class TapQonto(TableTap):
    """Reads an organization's accounts, transactions, transfers, invoices and people from Qonto."""

    name = "tap-qonto"
    table = STREAMS
    schema_package = "tap_qonto"
    config_jsonschema: ClassVar = SETTINGS

    @cached_property
    def api(self) -> Api:
        """Qonto's API with the configured credential."""
        settings = self.config
        check(settings)
        staging = {STAGING_HEADER: settings["staging_token"]} if settings.get("staging_token") else {}
        where, key = settings.get("token_store"), settings.get("api_key")
        store = TokenStore(where, tap=self.name, seed=key or settings.get("refresh_token") or settings["client_id"])
        sign_in = by_key(key, staging, store if where else None) if key else by_oauth(settings, store, staging)
        return qonto(settings["api_url"].rstrip("/"), sign_in)

    def connect(self) -> None:
        """Compare the organization behind the credentials with `organization_slug`."""
        if not (wanted := self.config.get("organization_slug")):
            return
        try:
            found = self.api.company(self.client).number
        except AccessError as error:
            message = "organization_slug cannot be compared, as the scope organization.read is missing"
            raise ConfigError(f"{message}: sign in again with it, or leave the setting out") from error
        if found != wanted.strip().lower():
            raise ConfigError("the credentials are of another organization than organization_slug: nothing was read")


def main() -> NoReturn:
    """Run the command line."""
    run(TapQonto)
