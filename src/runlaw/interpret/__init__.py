"""What a program means: one file for each meaning."""
