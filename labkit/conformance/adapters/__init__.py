"""From recorded functions to labkit's: each TABLE maps (table, fn) to a function from a row's `in` to its `out`."""
