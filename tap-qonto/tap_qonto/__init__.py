"""Singer tap for the Qonto Business API."""
