"""Files brought in: read row by row, checked value by value, written batch by batch."""
