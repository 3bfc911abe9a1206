"""Pure functions on kernel values: building, naming, typing."""
