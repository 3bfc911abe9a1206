"""Typed constructors of programs, one file each."""
