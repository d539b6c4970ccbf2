"""
Guards as sets of accounts: whether they can be true, both at once, or one without the other.

Every leaf is a set of values of one quantity, so a guard is a union of boxes, and each
question a search for a box that is not empty. `questions` is the way in.
"""
