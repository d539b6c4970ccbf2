"""The number of a span that people like to read."""

from math import ceil, floor

from lifecycle_fsm.guards.boxes.spans import Bound, Span

_DECIMALS = 17


def readable(span: Span, limit: Span, *, whole: bool) -> Bound:
    """
    Pick a number of the span: with the fewest digits, near the end that is not just the field's limit.

    The span lies within the limit, and holds a whole number where one is asked for.
    """
    from_below = span.low > limit.low
    if not from_below and span.high >= limit.high:
        return max(span.low, min(span.high, 0))
    if whole:
        return span.low if from_below else span.high
    return _shortest(span, from_below=from_below)


def _shortest(span: Span, *, from_below: bool) -> float:
    for digits in range(_DECIMALS):
        scale = 10.0**digits
        if abs(span.low if from_below else span.high) * scale > 2.0**53:
            break
        found = (ceil(span.low * scale) if from_below else floor(span.high * scale)) / scale
        if span.low <= found <= span.high:
            return found
    return float(span.low if from_below else span.high)
