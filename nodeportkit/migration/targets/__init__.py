"""One module a target: its `NAME`, and a function `write`. It is found by being here; there is no list to edit."""
