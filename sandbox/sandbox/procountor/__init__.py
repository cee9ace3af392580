"""Procountor, as its documentation describes it."""
