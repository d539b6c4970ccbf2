"""Signed checkpoints leave the store by themselves: to a folder, a channel or an object store."""
