"""Every stream of the Qonto API, one row each, by area of business."""

from tap_qonto.streams.banking import BANKING
from tap_qonto.streams.documents import DOCUMENTS
from tap_qonto.streams.invoicing import INVOICING
from tap_qonto.streams.organization import ORGANIZATION
from tap_qonto.streams.transfers import TRANSFERS

STREAMS = (*ORGANIZATION, *BANKING, *TRANSFERS, *INVOICING, *DOCUMENTS)

__all__ = ["STREAMS"]
