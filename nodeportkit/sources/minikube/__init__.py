"""What minikube prints: one module a print, each with `find`; `reader` asks them all."""
