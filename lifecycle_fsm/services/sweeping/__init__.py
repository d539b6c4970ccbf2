"""All accounts decided on at once: sweeps, their rehearsals, and the same over a period of the past."""
