"""The web console: its TypeScript sources, and the site that serves what was built from them."""
