"""Frozen values: nodes, configs, monoids, signatures. Standard library only."""
