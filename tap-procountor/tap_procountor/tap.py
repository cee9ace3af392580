"""Singer tap for the Procountor API."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, ClassVar, NoReturn
from urllib.parse import urlsplit

from singer_sdk import typing as th
from tap_kit.cli import run
from tap_kit.errors import ConfigError
from tap_kit.pages import PageReader
from tap_kit.tap import START_DATE, USER_AGENT, TableTap
from tap_kit.token_store import TokenStore
from tap_kit.tokens import Grant, Tokens

from tap_procountor.api import INVOICEABLE, REQUESTS_PER_SECOND, URL, procountor
from tap_procountor.control import hidden_kinds
from tap_procountor.streams import STREAMS

if TYPE_CHECKING:
    from tap_kit.api import Api
    from tap_kit.sign_in import SignIn


class TapProcountor(TableTap):
    """Reads a company's ledger, invoices, registers, bank accounts and payroll from Procountor."""

    name = "tap-procountor"
    table = STREAMS
    schema_package = "tap_procountor"
    config_jsonschema: ClassVar = th.PropertiesList(
        th.Property(
            "client_id",
            th.StringType,
            required=True,
            title="Client ID",
            description="Of the integration, as Procountor issues it.",
        ),
        th.Property(
            "client_secret",
            th.StringType,
            required=True,
            secret=True,
            title="Client secret",
            description="Of the integration, as Procountor issues it.",
        ),
        th.Property(
            "api_key",
            th.StringType,
            secret=True,
            title="API key",
            description="Of a technical API user in the company. Either this or a refresh token.",
        ),
        th.Property(
            "refresh_token",
            th.StringType,
            secret=True,
            title="Refresh token",
            description="From signing in with Procountor; it lasts six months. Either this or an API key.",
        ),
        th.Property(
            "redirect_uri",
            th.StringType,
            title="Redirect URI",
            description="The address that Procountor knows the integration by; sent along when tokens are asked for.",
        ),
        th.Property(
            "token_store",
            th.StringType,
            title="Token store",
            description="The file where a new refresh token is kept. Without it, one in the user's own folder.",
        ),
        th.Property(
            "company_id",
            th.IntegerType,
            title="Company ID",
            description="The company that is meant: credentials of another one end the run before anything is read.",
        ),
        START_DATE,
        th.Property(
            "requests_per_second",
            th.IntegerType,
            default=REQUESTS_PER_SECOND,
            title="Requests per second",
            description="The share of the integration's limit that the tap may use; all its companies share one limit.",
        ),
        th.Property(
            "api_url",
            th.StringType,
            default=URL,
            title="API URL",
            description="Where the API is. Change it for another version, the test server or a stand-in.",
        ),
        th.Property(
            "auth_url",
            th.StringType,
            title="Token URL",
            description="Where tokens are issued. Without it, /oauth/token under api_url.",
        ),
        USER_AGENT,
    ).to_dict()

    @cached_property
    def api(self) -> Api:
        """Procountor's API with the configured credentials."""
        url = self._url("api_url", self.config["api_url"])
        per_second = self.config["requests_per_second"]
        if per_second < 1:
            raise ConfigError("requests_per_second must be at least 1")
        return procountor(url, self._sign_in(url), per_second)

    def connect(self) -> None:
        """Ask which company the credentials are of, and note it in every record.

        Raises:
            ConfigError: it is another than the setting company_id says.
        """
        (session,) = PageReader(self.client, "sessioninfo", "", paged=False).fetch({}).records
        company, meant = session.get("companyId"), self.config.get("company_id")
        if meant not in (None, company):
            raise ConfigError(f"company_id is {meant}, but the credentials are of company {company}: nothing was read")
        self.constants = {"companyId": company}
        if self.streams["ledger_receipts"].selected and (kinds := hidden_kinds(self.client)):
            self.logger.warning(
                "Stream ledger_receipts lacks receipts of %s, which the report of the ledger counts: "
                "the user behind the credentials needs full rights to payroll to see them",
                " and ".join(kinds),
            )

    def _sign_in(self, url: str) -> SignIn:
        key, refresh_token = self.config.get("api_key"), self.config.get("refresh_token")
        if bool(key) == bool(refresh_token):
            raise ConfigError("set either api_key (of a technical API user) or refresh_token (from signing in)")
        redirect = {"redirect_uri": uri} if (uri := self.config.get("redirect_uri")) else {}
        form = {"grant_type": "client_credentials", "api_key": key} if key else {"grant_type": "refresh_token"}
        again = "make a new API key" if key else "sign in again, as a refresh token lasts six months"
        # Everything in the body, and no charset in the content type (release notes 23.09 and 24.08).
        grant = Grant(
            vendor="Procountor",
            url=self._url("auth_url", self.config.get("auth_url") or f"{url}/oauth/token"),
            client_id=self.config["client_id"],
            client_secret=self.config["client_secret"],
            basic=False,
            form={**form, **redirect},
            refresh_token=refresh_token,
            sign_in_again=f"{again}; {INVOICEABLE}",
            not_json_hint="check auth_url",
        )
        if not refresh_token:
            return Tokens(grant)
        return Tokens(grant, TokenStore(self.config.get("token_store"), tap=self.name, seed=refresh_token))

    def _url(self, name: str, value: str) -> str:
        if urlsplit(value).scheme not in ("http", "https") or not urlsplit(value).hostname:
            raise ConfigError(f"{name} is not a URL such as {URL}")
        return value.rstrip("/")


def main() -> NoReturn:
    """Run the command line."""
    run(TapProcountor)
