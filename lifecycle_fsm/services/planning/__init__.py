"""What a change of definitions would do, shown before it is done, and then done exactly so."""
