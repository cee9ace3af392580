"""Every stream of the Fortnox API, one row each, by area of business."""

from tap_fortnox.streams.assets import ASSETS
from tap_fortnox.streams.company import COMPANY
from tap_fortnox.streams.files import FILES
from tap_fortnox.streams.ledger import LEDGER
from tap_fortnox.streams.newer import NEWER
from tap_fortnox.streams.payroll import PAYROLL
from tap_fortnox.streams.purchasing import PURCHASING
from tap_fortnox.streams.registers import REGISTERS
from tap_fortnox.streams.sales import SALES

STREAMS = (*COMPANY, *LEDGER, *SALES, *PURCHASING, *REGISTERS, *ASSETS, *PAYROLL, *FILES, *NEWER)

__all__ = ["STREAMS"]
