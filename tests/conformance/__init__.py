"""What outside tools make of the API."""
