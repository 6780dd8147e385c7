"""The lives of needs, resources and purchase items, one module a list."""
