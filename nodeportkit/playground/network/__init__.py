"""The playground's traffic: pods that answer, and node ports and cluster IPs that lead to them, all on loopback."""
