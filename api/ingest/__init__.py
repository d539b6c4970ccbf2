"""The door for tools that send rows and read the HTTP status only."""
