"""
The condition tree: one meaning with three values, in four forms.

`reference` is the meaning, `python` and `sql` are the fast forms, `explain` says why.
"""
