"""The forms that an export takes beside NDJSON; each reads back to the records that it was written from."""
