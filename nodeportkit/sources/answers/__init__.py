"""What a server answered to curl or wget."""
