"""Reports over accounts; each function reads one snapshot."""
