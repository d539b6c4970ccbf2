"""A made-up portfolio and two years of its life, played through the engine."""
