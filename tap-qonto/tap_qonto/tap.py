"""Singer tap for the Qonto Business API."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar, NoReturn
from urllib.parse import urlsplit

from singer_sdk import typing as th
from tap_kit.cli import run
from tap_kit.errors import ConfigError
from tap_kit.tap import START_DATE, USER_AGENT, TableTap

from tap_qonto.api import URL, qonto
from tap_qonto.iban import is_iban
from tap_qonto.streams import STREAMS

if TYPE_CHECKING:
    from tap_kit.api import Api

_API_KEY = re.compile(r"[^\s:]+:[^\s:]+")


class TapQonto(TableTap):
    """Reads an organization's bank accounts, transactions, labels and members from Qonto."""

    name = "tap-qonto"
    table = STREAMS
    schema_package = "tap_qonto"
    config_jsonschema: ClassVar = th.PropertiesList(
        th.Property(
            "api_key",
            th.StringType,
            required=True,
            secret=True,
            title="API key",
            description="<organization slug>:<secret key>, from the Qonto app under Integrations.",
        ),
        START_DATE,
        th.Property(
            "ibans",
            th.ArrayType(th.StringType),
            title="IBANs",
            description="Read the transactions of these bank accounts only. Without it those of all accounts are read.",
        ),
        th.Property(
            "api_url",
            th.StringType,
            default=URL,
            title="API URL",
            description="Where the API is. Change it for Qonto's sandbox or a stand-in.",
        ),
        USER_AGENT,
    ).to_dict()

    @cached_property
    def api(self) -> Api:
        """Qonto's API with the configured key."""
        key, url = self.config["api_key"], self.config["api_url"].rstrip("/")
        if not _API_KEY.fullmatch(key):
            raise ConfigError(
                "api_key is not of the form <organization slug>:<secret key>, without spaces or line breaks"
            )
        if wrong := [iban for iban in self.config.get("ibans") or () if not is_iban(iban)]:
            raise ConfigError(f"ibans: {len(wrong)} of them cannot be right, their check digits do not fit")
        if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname:
            raise ConfigError(f"api_url is not a URL such as {URL}")
        return qonto(url, key)


def main() -> NoReturn:
    """Run the command line."""
    run(TapQonto)
