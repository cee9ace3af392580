"""Reads an HTTP API politely, completely and fast."""
