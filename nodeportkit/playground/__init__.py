"""The embedded cluster: a small Kubernetes in one process."""
