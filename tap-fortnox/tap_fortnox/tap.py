"""Singer tap for the Fortnox API."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, ClassVar, NoReturn
from urllib.parse import urlsplit

from singer_sdk import typing as th
from tap_kit.cli import run
from tap_kit.consent import Consent
from tap_kit.errors import AccessError, ConfigError
from tap_kit.grant import Grant
from tap_kit.tap import COLUMNS_FILE, HASH_KEY, START_DATE, USER_AGENT, TableTap
from tap_kit.token_store import TokenStore
from tap_kit.tokens import Tokens

from tap_fortnox.api import AUTH_URL, PER_WINDOW, URL, WINDOW, fortnox
from tap_fortnox.streams import STREAMS

if TYPE_CHECKING:
    from tap_kit.api import Api


class TapFortnox(TableTap):
    """Reads a company's books, invoices, registers and the rest from Fortnox."""

    name = "tap-fortnox"
    table = STREAMS
    schema_package = "tap_fortnox"
    config_jsonschema: ClassVar = th.PropertiesList(
        th.Property(
            "client_id",
            th.StringType,
            required=True,
            title="Client id",
            description="Of the integration, from Fortnox's developer portal.",
        ),
        th.Property(
            "client_secret",
            th.StringType,
            required=True,
            secret=True,
            title="Client secret",
            description="Of the integration.",
        ),
        th.Property(
            "tenant_id",
            th.StringType,
            title="Tenant id",
            description="The company's database number, where the integration is connected as a service account. "
            "Then no refresh token is needed.",
        ),
        th.Property(
            "refresh_token",
            th.StringType,
            secret=True,
            title="Refresh token",
            description="From connecting the company elsewhere than with `tap-fortnox login`, which needs none here. "
            "It is used once: from then on the newest one is in the token store.",
        ),
        th.Property(
            "token_store",
            th.StringType,
            title="Token store",
            description="The file that holds the newest refresh token. Without it, one in the user's own folder.",
        ),
        th.Property(
            "organization_number",
            th.StringType,
            title="Organization number",
            description="Of the company that is meant: a connection to another one stops the run.",
        ),
        START_DATE,
        COLUMNS_FILE,
        HASH_KEY,
        th.Property(
            "requests_per_window",
            th.IntegerType(minimum=5, maximum=WINDOW),
            default=PER_WINDOW,
            title="Requests per window",
            description="How many requests are sent in 5 seconds; Fortnox allows 25. Less, where others use the same "
            "integration.",
        ),
        th.Property(
            "api_url",
            th.StringType,
            default=URL,
            title="API URL",
            description="Where the API is: /3/… and /api/… lie under it.",
        ),
        th.Property(
            "auth_url",
            th.StringType,
            default=AUTH_URL,
            title="Sign-in URL",
            description="Where tokens come from: /token lies under it.",
        ),
        USER_AGENT,
    ).to_dict()

    @cached_property
    def api(self) -> Api:
        """Fortnox's API with the configured connection."""
        return fortnox(self._url("api_url", URL), self._tokens(), self.config["requests_per_window"])

    def connect(self) -> None:
        """Compare the company behind the connection with `organization_number`."""
        if not (wanted := self.config.get("organization_number")):
            return
        try:
            found = self.api.company(self.client)
        except AccessError as error:
            message = "organization_number cannot be compared, as the scope companyinformation is missing"
            raise ConfigError(f"{message}: connect the company again with it, or leave the setting out") from error
        if _digits(wanted) != _digits(found.number):
            raise ConfigError("the connection is to another company than organization_number: nothing was read")

    def _tokens(self) -> Tokens:
        tenant, refresh_token = self.config.get("tenant_id"), self.config.get("refresh_token")
        if tenant and refresh_token:
            raise ConfigError("set either tenant_id (of a service account) or refresh_token, not both")
        if tenant and not tenant.isdigit():
            raise ConfigError("tenant_id is not a number: it is the company's database number")
        form = {"grant_type": "client_credentials" if tenant else "refresh_token"}
        auth_url = self._url("auth_url", AUTH_URL)
        grant = Grant(
            vendor="Fortnox",
            url=f"{auth_url}/token",
            client_id=self.config["client_id"],
            client_secret=self.config["client_secret"],
            basic=True,
            form=form,
            headers={"TenantId": tenant} if tenant else {},
            refresh_token=refresh_token,
            sign_in_again="check tenant_id, or connect the company again"
            if tenant
            else f"connect the company again with {self.name} login",
            not_json_hint="check auth_url",
            consent=None
            if tenant
            else Consent(
                url=f"{auth_url}/auth",
                days=45,  # and single use (Fortnox developer guide, Authorization)
                renews=True,
                scope="companyinformation",
                params={"access_type": "offline"},
                revoke_url=f"{auth_url}/revoke",
            ),
        )
        if tenant:
            return Tokens(grant)
        seed = refresh_token or f"{self.config['client_id']} {self.config.get('organization_number') or ''}"
        return Tokens(grant, TokenStore(self.config.get("token_store"), tap=self.name, seed=seed))

    def _url(self, setting: str, example: str) -> str:
        url: str = self.config[setting].rstrip("/")
        if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname:
            raise ConfigError(f"{setting} is not a URL such as {example}")
        return url


def _digits(number: str) -> str:
    """Return the ten digits of an organization number: a leading century, hyphens and spaces do not matter."""
    return "".join(character for character in number if character.isdigit())[-10:]


def main() -> NoReturn:
    """Run the command line."""
    run(TapFortnox)
