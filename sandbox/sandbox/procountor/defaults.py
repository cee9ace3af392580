"""What a partner, a person or a product brings along to an invoice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.procountor import facts
from sandbox.procountor.errors import ApiError
from sandbox.procountor.resource import Path, only

if TYPE_CHECKING:
    from starlette.requests import Request

    from sandbox.procountor.books import Books

Json = dict[str, Any]
OWNERS = (("businesspartners", "business_partners"), ("persons", "persons"), ("products", "products"))


class Defaults:
    """`…/{id}/defaults/…`."""

    def __init__(self, books: Books) -> None:
        self._books = books

    @property
    def paths(self) -> list[Path]:
        """Of the API."""
        found: list[Path] = [("businesspartners/{id}/defaults/accounts", "business_partners", self.accounts)]
        for path, name in OWNERS:

            def dimensions(request: Request, name: str = name) -> Any:
                return self.dimensions(request, name)

            def dimension(request: Request, name: str = name) -> Any:
                one = only(self.dimensions(request, name), "id", request.path_params["dimension"])
                return one | {"items": [item | {"status": True, "description": ""} for item in one["items"]]}

            def products(request: Request, name: str = name) -> Any:
                return self.products(request, name)

            found.append((f"{path}/{{id}}/defaults/dimensions", name, dimensions))
            found.append((f"{path}/{{id}}/defaults/dimensions/{{dimension}}", name, dimension))
            if name != "products":
                found.append((f"{path}/{{id}}/defaults/products", name, products))
        return found

    def accounts(self, request: Request) -> Json:
        """A person has none: 404."""
        partner = self._books.find("business_partners", request)
        if partner["type"] == "PERSON":
            raise ApiError(404, "Not found")
        account = {"code": facts.SALES, "name": facts.ACCOUNTS[facts.SALES]}
        return {
            "vatPercent": 25.5,
            "vatDeduction": 100,
            "vatStatus": 1,
            "combineInvoiceRows": False,
            "salesInvoiceAccounts": {"creditAccount": account} if partner["type"] == "CUSTOMER" else {},
            "purchaseInvoiceAccounts": {},
        }

    def dimensions(self, request: Request, name: str) -> list[Json]:
        """Every third record has one; the others answer with an empty list."""
        if self._books.find(name, request)["id"] % 3:
            return []
        dimension = self._books.tables["dimensions"][1]
        items = [{"id": item["id"], "codeName": item["codeName"], "percent": 50} for item in dimension["items"][:2]]
        return [{"id": dimension["id"], "name": dimension["name"], "items": items}]

    def products(self, request: Request, name: str) -> list[Json]:
        """Every other record has one."""
        record, products = self._books.find(name, request), self._books.products("SALES")
        if record["id"] % 2 or not products:
            return []
        product = {key: item for key, item in products[0].items() if key[0] != "_"}
        setting = {"useSpecialDiscount": False, "useSpecialPrice": True, "specialPrice": 9.9, "useSpecialVat": False}
        return [{"id": record["id"], "productInfo": product, "defaultSettings": setting, "validityPeriods": []}]
