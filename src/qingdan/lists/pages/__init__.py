"""Pages of the three lists and their editions, one module a list."""
