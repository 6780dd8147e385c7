"""Pages of policy documents."""
