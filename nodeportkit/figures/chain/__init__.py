"""The picture of a chain: node -> service -> pod, and where it is broken."""
