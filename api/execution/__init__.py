"""Queries run as plans: compiled once for a document, then level by level; graphql-core takes what has no plan."""
