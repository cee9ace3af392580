"""Every stream of the Procountor API, one row each, by area of business."""

from tap_procountor.streams.banking import BANKING
from tap_procountor.streams.company import COMPANY
from tap_procountor.streams.currencies import CURRENCIES
from tap_procountor.streams.documents import DOCUMENTS
from tap_procountor.streams.invoices import INVOICES
from tap_procountor.streams.ledger import LEDGER
from tap_procountor.streams.partners import PARTNERS
from tap_procountor.streams.payroll import PAYROLL
from tap_procountor.streams.products import PRODUCTS
from tap_procountor.streams.reports import REPORTS

STREAMS = (*COMPANY, *LEDGER, *INVOICES, *PARTNERS, *PRODUCTS, *BANKING, *CURRENCIES, *DOCUMENTS, *REPORTS, *PAYROLL)

__all__ = ["STREAMS"]
