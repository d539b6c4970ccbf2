"""Chains followed in columns, by a process that opens the database with nothing else."""
