"""What Kubernetes itself decides, each rule once: import the module that holds the rule."""
