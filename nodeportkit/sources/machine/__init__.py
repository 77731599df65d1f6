"""What tells of the machine below the cluster, and of kube-proxy's mode: the kernel, docker, kube-proxy's log and its own answer."""
