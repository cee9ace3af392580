"""Fortnox, and the company that keeps its books there."""
