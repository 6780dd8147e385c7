"""Lifecycles of the three lists, one module a noun."""
