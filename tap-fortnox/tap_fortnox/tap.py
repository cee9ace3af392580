"""Singer tap for the Fortnox API."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn

from tap_kit.cli import run
from tap_kit.errors import AccessError, ConfigError
from tap_kit.tap import TableTap

from tap_fortnox.api import fortnox
from tap_fortnox.settings import SETTINGS, checked, same_company
from tap_fortnox.signing import tokens
from tap_fortnox.streams import STREAMS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tap_kit.api import Api
    from tap_kit.sign_in import SignIn


class TapFortnox(TableTap):
    """Reads a company's books, invoices, registers and the rest from Fortnox."""

    name = "tap-fortnox"
    table = STREAMS
    schema_package = "tap_fortnox"
    service_accounts = True
    config_jsonschema: ClassVar = SETTINGS

    @cached_property
    def api(self) -> Api:
        """Fortnox's API with the configured connection."""
        config = checked(self.config)
        return fortnox(config["api_url"], self.sign_in(config), config["requests_per_window"])

    def sign_in(self, config: Mapping[str, Any]) -> SignIn:
        """Return what signs requests, given checked settings."""
        return tokens(config, tap=self.name)

    def connect(self) -> None:
        """Compare the company behind the connection with `organization_number`."""
        if not (wanted := self.config.get("organization_number")):
            return
        try:
            found = self.api.company(self.client)
        except AccessError as error:
            message = "organization_number cannot be compared, as the scope companyinformation is missing"
            raise ConfigError(f"{message}: connect the company again with it, or leave the setting out") from error
        if not same_company(wanted, found.number):
            raise ConfigError("the connection is to another company than organization_number: nothing was read")


def main() -> NoReturn:
    """Run the command line."""
    run(TapFortnox)
