"""The verbs of the three lists, one module a list."""
