"""Real parts, each behind an extra of its own."""
