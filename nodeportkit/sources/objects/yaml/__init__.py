"""Objects written as YAML: read as Kubernetes reads it, and refused where it would be guesswork."""
