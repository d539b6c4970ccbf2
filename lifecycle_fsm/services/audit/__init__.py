"""What auditors do: verify history, prove it to others, read it, export it, review it, erase by law."""
