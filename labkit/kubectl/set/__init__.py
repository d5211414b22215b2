"""`kubectl set`: fields of pod templates that are changed often. One module per family of subcommands."""
