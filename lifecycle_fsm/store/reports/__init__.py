"""Reports as SQL: one file for each, every statement bounded to the reader's portfolio."""
