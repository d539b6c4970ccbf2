"""The GraphQL server beside a bare one with the same SQL, and beside PostGraphile on the same database."""
