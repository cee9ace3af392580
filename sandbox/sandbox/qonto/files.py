"""Documents behind presigned links, as a storage service would keep them: it knows no key, only its signature."""

from __future__ import annotations

import hmac
import random
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

from starlette.responses import Response
from starlette.routing import Route

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request

    from sandbox.clock import Clock
    from sandbox.qonto.settings import Settings
    from sandbox.qonto.values import File

STAMP = "%Y%m%dT%H%M%SZ"


class Files:
    """Signs links, and answers them."""

    def __init__(self, url: str, clock: Clock, seed: int, settings: Callable[[], Settings]) -> None:
        self._url = url
        self._clock = clock
        self._settings = settings
        self._secret = f"{seed}".encode()
        self._nonces = random.Random(f"{seed} links")  # noqa: S311 - the same links for the same seed
        self._linked: dict[str, File] = {}
        self.lost: set[str] = set()
        """Ids of files that are no longer there."""
        self.routes = [Route("/files/{id}/{name}", self._serve)]

    def link(self, file: File) -> str:
        """Good for so long from now; never the same twice."""
        self._linked[file.id] = file
        query = {
            "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
            "X-Amz-Credential": f"{self._nonces.getrandbits(64):016x}",
            "X-Amz-Date": f"{datetime.fromtimestamp(self._clock.now // 1000, UTC):{STAMP}}",
            "X-Amz-Expires": str(self._settings().link_seconds),
            "X-Amz-SignedHeaders": "host",
        }
        query["X-Amz-Signature"] = self._sign(file.id, query)
        return f"{self._url}/files/{file.id}/{quote(file.name)}?{urlencode(query)}"

    def _sign(self, number: str, query: dict[str, str]) -> str:
        return hmac.digest(self._secret, f"{number}{sorted(query.items())}".encode(), "sha256").hex()

    async def _serve(self, request: Request) -> Response:
        """Errors are XML, as in Amazon's storage."""
        query = dict(request.query_params)
        signature, file = query.pop("X-Amz-Signature", ""), self._linked.get(request.path_params["id"])
        if "authorization" in request.headers:
            return refusal(400, "InvalidArgument", "Only one auth mechanism allowed")
        if file is None or not hmac.compare_digest(signature, self._sign(file.id, query)):
            return refusal(403, "SignatureDoesNotMatch", "The signature does not match")
        signed = datetime.strptime(query["X-Amz-Date"], STAMP).replace(tzinfo=UTC).timestamp()
        if self._clock.now / 1000 >= signed + int(query["X-Amz-Expires"]):
            return refusal(403, "AccessDenied", "Request has expired")
        if file.id in self.lost:
            return refusal(404, "NoSuchKey", "The specified key does not exist")
        return Response(pdf(file), media_type="application/pdf")


def refusal(status: int, code: str, message: str) -> Response:
    """In the shape of the storage service."""
    content = f'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{code}</Code><Message>{message}</Message></Error>'
    return Response(content, status, media_type="application/xml")


def pdf(file: File) -> bytes:
    """A page with the file's name, of exactly the size that the API tells; another for every id."""
    text = f"BT /F1 9 Tf 10 50 Td ({file.name}) Tj 0 -20 Td ({file.id}) Tj ET"
    objects = (
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 80]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        f"<</Length {len(text)}>>\nstream\n{text}\nendstream",
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    )
    body, table = "%PDF-1.4\n", "xref\n0 6\n0000000000 65535 f \n"
    for number, content in enumerate(objects, start=1):
        table += f"{len(body):010d} 00000 n \n"
        body += f"{number} 0 obj\n{content}\nendobj\n"
    tail = f"{table}trailer\n<</Size 6/Root 1 0 R>>\nstartxref\n{{:010d}}\n%%EOF\n"
    filling = file.size - len(body) - len(tail.format(0))
    body += f"%{' ' * (filling - 2)}\n"
    return f"{body}{tail.format(len(body))}".encode("latin-1", "replace")
