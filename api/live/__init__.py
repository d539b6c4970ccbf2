"""Live changes: one reader of the feed for every subscription of the process."""
