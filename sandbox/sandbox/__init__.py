"""Local stand-ins for the vendors' APIs, and a local BigQuery."""

from sandbox.bigquery import LocalBigQuery
from sandbox.control import Control
from sandbox.session import Sandbox

__all__ = ["Control", "LocalBigQuery", "Sandbox"]
