"""Documents and their links."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
import requests
from sandbox.control import RefusedError

if TYPE_CHECKING:
    from sandbox_tests.conftest import Json, Reader


def attachment(reader: Reader, number: int = 0) -> Json:
    name = reader.sandbox.qonto.records("supplier_invoices")[number]["attachment_id"]
    found: Json = reader.get(f"/attachments/{name}")["attachment"]
    return found


def code(response: requests.Response) -> tuple[int, str]:
    assert response.headers["Content-Type"] == "application/xml"
    return response.status_code, response.text.partition("<Code>")[2].partition("</Code>")[0]


def test_documents_are_as_large_as_they_say(reader: Reader) -> None:
    transaction = next(t for t in reader.all() if t["attachment_ids"])
    (listed,) = reader.get(f"/transactions/{transaction['id']}/attachments")["attachments"]
    single = reader.get(f"/attachments/{transaction['attachment_ids'][0]}")["attachment"]
    included = reader.get(f"/transactions/{transaction['id']}", **{"includes[]": "attachments"})
    (embedded,) = included["transaction"]["attachments"]
    statement = reader.get("/statements")["statements"][0]["file"]
    links = [listed["url"], single["url"], embedded["url"], attachment(reader)["url"], statement["file_url"]]
    assert len(set(links)) == len(links)
    sizes = [listed["file_size"]] * 3 + [attachment(reader)["file_size"], statement["file_size"]]
    for link, size in zip(links, sizes, strict=True):
        response = requests.get(link, timeout=5)
        assert response.headers["Content-Type"] == "application/pdf"
        assert response.content.startswith(b"%PDF-")
        assert response.content.endswith(b"%%EOF\n")
        assert response.headers["Content-Length"] == size == str(len(response.content))
    assert {k: v for k, v in listed.items() if k != "url"} == {k: v for k, v in single.items() if k != "url"}


def test_certified_copies(reader: Reader) -> None:
    copies = [record["probative_attachment"] for record in reader.sandbox.qonto.records("attachments")]
    assert {copy["status"] for copy in copies} == {"available", "unavailable"}
    copy = next(copy for copy in copies if copy["status"] == "available")
    assert len(requests.get(copy["url"], timeout=5).content) == int(copy["file_size"])


def test_the_table_of_a_pdf_points_to_its_objects(reader: Reader) -> None:
    content = requests.get(attachment(reader)["url"], timeout=5).content
    start = int(content.rpartition(b"startxref\n")[2].split()[0])
    rows = content[start:].splitlines()
    assert rows[:2] == [b"xref", b"0 6"]
    for number, row in enumerate(rows[3:8], start=1):
        assert content[int(row[:10]) :].startswith(b"%d 0 obj" % number)


def test_the_same_document_every_time_and_another_for_others(reader: Reader) -> None:
    one, again, other = (requests.get(attachment(reader, n)["url"], timeout=5).content for n in (0, 0, 1))
    assert one == again != other


def test_links_end(reader: Reader) -> None:
    link = attachment(reader)["url"]
    assert "X-Amz-Expires=1800" in link
    reader.sandbox.advance_clock(1799)
    assert requests.get(link, timeout=5).ok
    reader.sandbox.advance_clock(1)
    assert code(requests.get(link, timeout=5)) == (403, "AccessDenied")
    assert requests.get(attachment(reader)["url"], timeout=5).ok
    reader.sandbox.qonto.settings(link_seconds=0)
    assert code(requests.get(attachment(reader)["url"], timeout=5)) == (403, "AccessDenied")


def test_a_link_is_signed(reader: Reader) -> None:
    first, second = attachment(reader)["url"], attachment(reader, 1)["url"]
    swapped = urlsplit(first)._replace(path=urlsplit(second).path).geturl()
    for link in (swapped, first.replace("Expires=1800", "Expires=9999"), first.partition("?")[0]):
        assert code(requests.get(link, timeout=5)) == (403, "SignatureDoesNotMatch")
    with_key = requests.get(first, headers={"Authorization": reader.sandbox.qonto.api_key}, timeout=5)
    assert code(with_key) == (400, "InvalidArgument")


def test_a_missing_file(reader: Reader) -> None:
    found = attachment(reader, 2)
    statement = reader.sandbox.qonto.records("statements")[0]
    filed = next(t["attachment_ids"][0] for t in reader.all() if t["attachment_ids"])
    reader.sandbox.qonto.mutate("lose_file", ids=[found["id"], statement["id"], filed])
    links = [attachment(reader, 2)["url"], reader.get(f"/attachments/{filed}")["attachment"]["url"]]
    links.append(reader.get(f"/statements/{statement['id']}")["statement"]["file"]["file_url"])
    assert {code(requests.get(link, timeout=5)) for link in links} == {(404, "NoSuchKey")}
    with pytest.raises(RefusedError, match="no file x"):
        reader.sandbox.qonto.mutate("lose_file", ids=["x"])


def test_no_such_attachment(reader: Reader) -> None:
    bare = next(t for t in reader.all() if not t["attachment_ids"])
    assert reader.get(f"/transactions/{bare['id']}/attachments") == {"attachments": []}
    assert reader.ask("/transactions/x/attachments").status_code == 404
    assert reader.ask("/attachments/x").status_code == 404


def test_attachments_as_records(reader: Reader) -> None:
    records = reader.sandbox.qonto.records("attachments")
    ids = [record["id"] for record in records]
    assert len(ids) == len(set(ids)) == reader.sandbox.qonto.counts()["attachments"]
    assert {t for record in reader.all() for t in record["attachment_ids"]} < set(ids)


def test_documents_do_not_count_against_the_limit(reader: Reader) -> None:
    link = attachment(reader)["url"]
    reader.sandbox.limit((1, 60.0))
    assert {requests.get(link, timeout=5).status_code for _ in range(3)} == {200}
