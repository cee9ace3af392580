"""Singer target for BigQuery."""
