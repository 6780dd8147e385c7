"""Pages of the directory, one module a noun."""
