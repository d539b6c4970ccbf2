"""One module per use case; each function is one transaction."""
