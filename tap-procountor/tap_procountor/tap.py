"""Singer tap for the Procountor API."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, ClassVar, NoReturn

from tap_kit.cli import run
from tap_kit.tap import TableTap

from tap_procountor.api import procountor
from tap_procountor.control import hidden_kinds
from tap_procountor.guard import check_company
from tap_procountor.settings import SETTINGS, check
from tap_procountor.signing import TAP, signed_in
from tap_procountor.streams import STREAMS

if TYPE_CHECKING:
    from tap_kit.api import Api


class TapProcountor(TableTap):
    """Reads a company's ledger, invoices, registers, bank accounts and payroll from Procountor."""

    name = TAP
    table = STREAMS
    schema_package = "tap_procountor"
    config_jsonschema: ClassVar = SETTINGS

    @cached_property
    def api(self) -> Api:
        """Procountor's API with the configured credentials."""
        settings = self.config
        check(settings)
        return procountor(settings["api_url"].rstrip("/"), signed_in(settings), settings["requests_per_second"])

    def connect(self) -> None:
        """Ask which company the credentials are of, and note it in every record.

        Raises:
            ConfigError: it is another than the setting company_id says, or than the state is of.
        """
        company = self.api.company(self.client).number
        check_company(company, self.config.get("company_id"), self.state)
        self.constants = {"companyId": int(company)}
        if self.streams["ledger_receipts"].selected and (kinds := hidden_kinds(self.client)):
            self.logger.warning(
                "Stream ledger_receipts lacks receipts of %s, which the report of the ledger counts: "
                "the user behind the credentials needs full rights to payroll to see them",
                " and ".join(kinds),
            )


def main() -> NoReturn:
    """Run the command line."""
    run(TapProcountor)
