"""What is looked at and written before a release: licences of what is shipped, and its bill of materials."""
