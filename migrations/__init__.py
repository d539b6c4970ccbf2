"""How the tables came to be, one step a file; small steps that run while the previous release serves."""
