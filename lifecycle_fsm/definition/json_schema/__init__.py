"""
The language as JSON Schema 2020-12, for editors that complete and check definitions.

Keys, operators, words and patterns are those of the compiler; what is added here is what
kind of value a key has, and a description of each. The schema refuses nothing that the
compiler accepts; names and numbers that only the catalog can judge are left to it.
"""
