"""Whoever scales: pods by load, pods by size, and the machines beneath. Each decides with a pure function."""
