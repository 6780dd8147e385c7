"""Excel tables of the three lists, one module a list."""
