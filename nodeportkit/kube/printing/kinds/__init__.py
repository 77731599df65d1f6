"""One module a kind, each with its `PRINTER`."""
