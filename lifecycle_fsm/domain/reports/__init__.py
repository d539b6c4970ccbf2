"""What reports work out from counts: survival, quantiles, shares. Pure."""
