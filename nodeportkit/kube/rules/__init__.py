"""The decision of `routing` and of the packet's way, written as iptables or nftables rules."""
