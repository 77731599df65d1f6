"""The playground as a process of its own: started, found again, asked, ended."""
