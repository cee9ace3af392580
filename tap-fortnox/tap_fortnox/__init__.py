"""Singer tap for the Fortnox API."""
