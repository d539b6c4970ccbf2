"""Reports as GraphQL shows them."""
