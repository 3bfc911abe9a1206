"""Pictures of programs: what is in them, and how they are drawn."""
