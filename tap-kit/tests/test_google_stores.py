"""Token stores that machines share: in Cloud Storage and in Secret Manager."""

from __future__ import annotations

import json
import random
import re
import sys
from base64 import b64decode
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import google.auth as google_auth
import pytest
from google.auth.credentials import AnonymousCredentials
from google.auth.exceptions import DefaultCredentialsError, RefreshError, TransportError
from tap_kit import cloud_storage, shared_vault
from tap_kit.errors import ConfigError, TapError
from tap_kit.grant import Grant
from tap_kit.secret_manager import SecretManager
from tap_kit.token_store import TokenStore
from tap_kit.tokens import Tokens

if TYPE_CHECKING:
    from collections.abc import Callable

    from .google_fake import Google, Store
    from .issuer import Issuer

SEED = "seed-1"
SECRET = "projects/p/secrets/s"


def machine(issuer: Issuer, where: str, seed: str = SEED) -> Tokens:
    """A tap on a machine of its own, which knows nothing of others but through the store."""
    form = {"grant_type": "refresh_token"}
    grant = Grant("Vendor", issuer.url, "app", "hidden", basic=True, form=form, refresh_token=seed)
    return Tokens(grant, TokenStore(where, tap="tap-test", seed=seed))


def on(number: int, fault: int | str, method: str = "") -> Callable[[str, str], int | str | None]:
    """Let the request of this number go wrong, of those of a method."""
    left = [number]

    def decide(asked: str, _: str) -> int | str | None:
        left[0] -= method in asked
        return fault if left[0] == 0 and method in asked else None

    return decide


def test_each_machine_goes_on_with_the_token_that_the_last_one_saved(issuer: Issuer, store: Store) -> None:
    for _ in range(3):
        machine(issuer, store.where).headers()
    assert [form["refresh_token"] for form, _ in issuer.asked] == [SEED, "refresh-1", "refresh-2"]
    assert store.token() == issuer.valid == "refresh-3"
    assert SEED not in json.dumps(store.content())
    assert store.content()["leases"] == {}


def test_a_seed_from_signing_in_again_wins_over_what_is_stored(issuer: Issuer, store: Store) -> None:
    machine(issuer, store.where).headers()
    issuer.valid = "seed-2"
    for _ in range(2):
        machine(issuer, store.where, "seed-2").headers()
    assert [form["refresh_token"] for form, _ in issuer.asked] == [SEED, "seed-2", "refresh-2"]


def test_machines_that_renew_at_once_take_turns(issuer: Issuer, store: Store) -> None:
    with ThreadPoolExecutor(4) as pool:
        signed = list(pool.map(lambda _: machine(issuer, store.where).headers()["Authorization"], range(4)))
    assert len(set(signed)) == len(issuer.asked) == 4
    assert store.token() == issuer.valid


@pytest.mark.parametrize("fault", ["lost", "reset", 503, 429])
def test_whatever_request_goes_wrong_the_token_is_kept(issuer: Issuer, store: Store, fault: int | str) -> None:
    """One fault at each request of a renewal: taking the lease, saving, giving the lease back, and what each takes."""
    machine(issuer, store.where).headers()
    requests = len(store.google.asked)
    for number in range(1, requests + 1):
        store.google.fault = on(number, fault)
        machine(issuer, store.where).headers()
        assert store.token() == issuer.valid, number
        assert store.content()["leases"] == {}, number
    assert {form["refresh_token"] for form, _ in issuer.asked} == {SEED, *(f"refresh-{n + 1}" for n in range(requests))}


def storm(issuer: Issuer, store: Store, seed: int, renewals: int) -> None:
    dice = random.Random(seed)
    store.google.fault = lambda *_: dice.choice(["lost", "reset", 503, 429]) if dice.random() < 0.15 else None
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda _: machine(issuer, store.where).headers(), range(renewals)))
    assert store.token() == issuer.valid
    assert len(issuer.asked) == renewals, "a token was used that had been renewed"


def test_renewals_at_once_over_a_bad_line(issuer: Issuer, store: Store) -> None:
    storm(issuer, store, 1, 8)


@pytest.mark.storm
@pytest.mark.parametrize("seed", range(10))
def test_many_renewals_at_once_over_a_bad_line(issuer: Issuer, store: Store, seed: int) -> None:
    storm(issuer, store, seed, 100)


def test_what_another_wrote_meanwhile_is_kept(issuer: Issuer, store: Store) -> None:
    """Two connections in one store: each adds to what the other has saved since the store was read."""
    seen = TokenStore(store.where, tap="tap-test", seed="other")
    with seen.locked() as stored:
        signed = machine(issuer, store.where)
        signed.store._vault.put("mine", {"refresh_token": "m"})
        stored.save("theirs")
    kept = [entry["refresh_token"] for entry in store.content()["tokens"].values()]
    assert sorted(kept) == ["m", "theirs"]


@pytest.mark.parametrize("days", [-3, 3])
def test_the_lease_of_a_machine_that_died_ends(issuer: Issuer, store: Store, days: int) -> None:
    """After three minutes by the clock of the store, which goes wrong by days; ten seconds pass with every request."""
    store.google.ahead = start = days * 86_400.0
    dead = TokenStore(store.where, tap="tap-test", seed=SEED)
    assert dead._vault._take("renewal", "somebody who was killed")
    store.google.passes = 10
    machine(issuer, store.where).headers()
    assert len(issuer.asked) == 1
    assert 180 <= store.google.ahead - start < 300


def test_a_turn_that_does_not_come(issuer: Issuer, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared_vault, "_PATIENCE", 0)
    with TokenStore(store.where, tap="tap-test", seed=SEED).locked(), pytest.raises(TapError) as raised:
        machine(issuer, store.where).headers()
    assert re.fullmatch(
        rf"token_store {store.where} is held by \S+, since .* UTC: see whether a run hangs", str(raised.value)
    )
    assert not issuer.asked


@pytest.mark.parametrize("store", [f"secretmanager://{SECRET}"], indirect=True)
def test_only_the_version_that_counts_stays(issuer: Issuer, google: Google, store: Store) -> None:
    for number in range(1, 4):
        google.fault = on(number, "lost", "PATCH")
        machine(issuer, store.where).headers()
    (secret,) = google.secrets.values()
    assert len(secret["versions"]) >= 3
    alive = [b64decode(payload) for payload in secret["versions"].values() if payload]
    assert [issuer.valid.encode() in payload for payload in alive] == [True]
    assert secret["annotations"]["team"] == "finance"
    assert "refresh" not in secret["annotations"]["token-store"]


def test_versions_that_cannot_be_destroyed_do_not_stop_a_run(google: Google, caplog: pytest.LogCaptureFixture) -> None:
    where = f"secretmanager://{SECRET}"
    google.fault = lambda _, path: 403 if path.endswith("/versions") else None
    store = TokenStore(where, tap="tap-test", seed=SEED)
    with store.locked() as stored:
        stored.save("t0ken")
    assert "Old versions of the secret are still there" in caplog.text
    assert store.look().refresh_token == "t0ken"


@pytest.mark.parametrize(
    ("where", "fault", "said"),
    [
        ("gs://nowhere/x.json", None, "there is no bucket nowhere"),
        ("gs://bucket/notes.json", None, "is not a token store: name another object"),
        ("gs://bucket/x.json", 403, "Google refused access (HTTP 403): give the account the role Storage Object User"),
        ("gs://bucket/x.json", 503, "fails, run again later (HTTP 503)"),
        ("gs://bucket/x.json", "reset", "cannot be reached"),
        ("gs://bucket/x.json", 412, "Google answered HTTP 412"),
        ("gs://bucket/plain.json", None, "the stand-in at STORAGE_EMULATOR_HOST knows no generations"),
        ("gs://bucket", None, "name a bucket and an object"),
        ("secretmanager://projects/p/secrets/none", None, "make the secret first, as in gcloud secrets create none"),
        (f"secretmanager://{SECRET}", 403, "give the account the role Secret Manager Admin on the secret"),
        (f"secretmanager://{SECRET}", 429, "fails, run again later (HTTP 429)"),
        ("secretmanager://projects/p/secrets/notes", None, "is not a token store: name another secret"),
        ("secretmanager://projects/p/secrets/other", None, "is not a token store: name another secret"),
        ("secretmanager://p/s", None, "write it as secretmanager://projects/PROJECT/secrets/SECRET"),
        ("s3://bucket/x.json", None, "s3:// is not supported, name a file, gs://"),
    ],
)
def test_what_is_wrong_is_said_in_one_line_before_a_token_is_used_up(
    issuer: Issuer, google: Google, where: str, fault: int | str | None, said: str
) -> None:
    google.objects |= {"bucket/notes.json": (7, ["notes"]), "bucket/plain.json": (" ", {})}
    for name, annotation in (("notes", {"token-store": "[]"}), ("other", {"token-store": '{"version": "1"}'})):
        google.secrets[f"projects/p/secrets/{name}"] = {"etag": 1, "annotations": annotation, "versions": {"1": "!"}}
    google.fault = lambda *_: fault
    with pytest.raises(TapError) as raised:
        machine(issuer, where).headers()
    assert said in str(raised.value)
    assert str(raised.value).startswith("token_store")
    assert "\n" not in str(raised.value)
    assert not issuer.asked


def test_a_token_is_nowhere_in_a_log(issuer: Issuer, store: Store, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    for number in range(1, 8):
        store.google.fault = on(number, "lost")
        with suppress(TapError):
            machine(issuer, store.where).headers()
    assert caplog.text
    assert not re.search(r"seed-1|refresh-\d|access-\d", caplog.text)


def test_a_secret_of_one_region_has_that_regions_address(google: Google, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SECRET_MANAGER_EMULATOR_HOST")
    name = "projects/p/locations/europe-north1/secrets/s"
    assert (
        SecretManager(f"secretmanager://{name}")._api._url == "https://secretmanager.europe-north1.rep.googleapis.com"
    )
    google.secrets[name] = {"etag": 1, "annotations": {}, "versions": {}}
    monkeypatch.setenv("SECRET_MANAGER_EMULATOR_HOST", google.url)
    assert SecretManager(f"secretmanager://{name}").read().content.tokens == {}


class Signing(AnonymousCredentials):
    """Credentials as those of a service account, or that go wrong."""

    error: Exception | None = None

    def before_request(self, _: Any, __: str, ___: str, headers: dict[str, str]) -> None:
        if self.error:
            raise self.error
        headers["Authorization"] = "Bearer of-google"


@pytest.fixture
def own(google: Google, monkeypatch: pytest.MonkeyPatch) -> Signing:
    """No stand-in: the address is Google's, and the credentials are found as Google's clients find them."""
    credentials = Signing()
    monkeypatch.delenv("STORAGE_EMULATOR_HOST")
    monkeypatch.setattr(cloud_storage, "_URL", google.url)
    monkeypatch.setattr("google.auth.default", lambda **_: (credentials, "p"))
    return credentials


def test_requests_are_signed_with_the_default_credentials(own: Signing, google: Google) -> None:
    assert TokenStore("gs://bucket/x.json", tap="tap-test", seed=SEED).look().entry == {}
    assert [headers["Authorization"] for _, _, headers in google.asked] == ["Bearer of-google"]
    assert own.error is None


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (RefreshError("revoked: t0ken"), "the Google credentials are refused"),
        (TransportError("offline"), "cannot be reached"),
    ],
)
def test_credentials_that_do_not_work(own: Signing, error: Exception, said: str) -> None:
    own.error = error
    with pytest.raises(TapError, match=said) as raised:
        TokenStore("gs://bucket/x.json", tap="tap-test", seed=SEED).look()
    assert "t0ken" not in str(raised.value)


@pytest.mark.usefixtures("own")
def test_without_credentials_or_the_library(monkeypatch: pytest.MonkeyPatch) -> None:
    def none(**_: Any) -> None:
        raise DefaultCredentialsError("none")

    monkeypatch.setattr(google_auth, "default", none)
    with pytest.raises(ConfigError, match="there are no Google credentials: set GOOGLE_APPLICATION_CREDENTIALS"):
        TokenStore("gs://bucket/x.json", tap="tap-test", seed=SEED).look()
    monkeypatch.setitem(sys.modules, "google.auth", None)
    with pytest.raises(ConfigError, match=r"install the tap with its extra \[google\]"):
        TokenStore("gs://bucket/x.json", tap="tap-test", seed=SEED).look()
