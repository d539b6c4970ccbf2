"""What an operation may cost: counted from its text and its variables before anything runs."""
