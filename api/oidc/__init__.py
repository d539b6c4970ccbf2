"""Sign-in by tokens of an OpenID Connect provider: its keys, what a token must fulfil, and whom it stands for."""
