"""Assets, and the folders of the archive and the inbox."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.fortnox import facts
from sandbox.fortnox.draw import kr, later, ore
from sandbox.fortnox.ledger import Posting, row

if TYPE_CHECKING:
    from sandbox.fortnox.company import Company
    from sandbox.fortnox.draw import Draw

Json = dict[str, Any]
INBOX = ("inbox_s", "inbox_v", "inbox_d", "inbox_a", "inbox_b", "inbox_l", "inbox_kf", "inbox_o", "inbox_of")
"""The folders that every company has."""
ASSET_TYPES = ("Inventarier", "Datorer")


def asset_type(_company: Company, draw: Draw) -> Json:
    """With its accounts."""
    return {
        "Id": draw.number + 1,
        "Number": str(draw.number + 1),
        "Description": ASSET_TYPES[draw.number],
        "Type": 1,
        "InUse": True,
        "AccountAsset": 1220,
        "AccountDepreciation": 7832,
        "AccountValueLoss": 1229,
    }


def asset(company: Company, draw: Draw) -> Json:
    """Its path has `Id`; people know it by `Number`."""
    kind = company.nth("assets_types", draw.number)
    value = draw.ore(2_000_000)
    bought = {"Id": draw.number + 1, "EventId": 1, "Date": draw.day, "Amount": str(kr(value)), "Notes": "Inköp"}
    return {
        "Id": 100 + draw.number,
        "Number": f"T{draw.number + 1}",
        "Description": f"Verktyg {draw.number + 1}",
        "Type": kind["Description"],
        "TypeId": kind["Id"],
        "Status": "Aktiv",
        "StatusId": "1",
        "AcquisitionDate": draw.day,
        "AcquisitionStart": draw.day,
        "AcquisitionValue": kr(value),
        "DepreciationMethod": 1,
        "DepreciationFinal": later(draw.day, 5 * 365),
        "DepreciatedTo": None,
        "History": [bought],
    }


def asset_posting(_company: Company, asset: Json) -> Posting:
    """Bought, and paid at once."""
    value = ore(asset["AcquisitionValue"])
    rows = [row(1220, value), row(facts.BANK, -value)]
    return Posting(asset["AcquisitionDate"], f"Inköp {asset['Description']}", rows, document=asset["History"][0])


def asset_file(company: Company, draw: Draw) -> Json:
    """The receipt."""
    number = company.nth("assets", draw.number)["Id"]
    return {"FileId": draw.id(), "AssetId": str(number), "Name": f"kvitto-{number}.pdf"}


def voucher_file(company: Company, draw: Draw) -> Json:
    """The scan of what a voucher is about."""
    voucher = company.nth("vouchers", draw.number * 5)
    number = draw.id()
    return {
        "FileId": number,
        "Name": f"underlag-{draw.number + 1}.pdf",
        "VoucherDescription": None,
        "VoucherNumber": str(voucher["VoucherNumber"]),
        "VoucherSeries": voucher["VoucherSeries"],
        "VoucherYear": voucher["Year"],
    }


def archive_folder(company: Company, draw: Draw) -> Json:
    """The root, and two folders in it."""
    if draw.number:
        folder = f"arkiv-{draw.number}"
        return {"Id": folder, "Name": f"Mapp {draw.number}", "Files": [stored(company, draw, "archive", folder)]}
    inner = [(f"arkiv-{number}", f"Mapp {number}") for number in (1, 2)]
    files = [stored(company, draw, "archive", "")]
    return {"Id": "root", "Name": "root", "Files": files, "Folders": [entry(company, "archive", *one) for one in inner]}


def inbox_folder(company: Company, draw: Draw) -> Json:
    """The root, and those that every company has."""
    if draw.number:
        folder = INBOX[draw.number - 1]
        return {
            "Id": folder,
            "Name": folder,
            "Email": f"{folder}@example.com",
            "Files": [stored(company, draw, "inbox", folder)],
        }
    return {"Id": "root", "Name": "root", "Folders": [entry(company, "inbox", one, one) for one in INBOX]}


def entry(company: Company, where: str, number: str, name: str) -> Json:
    """A folder, as the one around it tells."""
    return {"@url": company.link(f"3/{where}/{number}"), "Id": number, "Name": name}


def stored(company: Company, draw: Draw, where: str, path: str) -> Json:
    """A file has two ids, for different paths."""
    number = draw.id()
    return {
        "@url": company.link(f"3/{where}/{number}"),
        "Id": number,
        "ArchiveFileId": draw.id(),
        "Name": f"underlag-{draw.number}.pdf",
        "Path": path,
        "Size": draw.randrange(1000, 5000),
    }
