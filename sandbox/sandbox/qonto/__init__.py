"""Qonto's Business API v2, as its documentation tells it."""
