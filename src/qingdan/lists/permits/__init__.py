"""Who may do what with the three lists, one module a list."""
