"""The API over HTTPS on loopback: certificates, token, kubeconfig, and the server."""
