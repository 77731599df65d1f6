"""One module a kind: its `RESOURCE`. There is no list to edit."""
