"""Local stand-ins for the vendors' APIs, and a local BigQuery."""
