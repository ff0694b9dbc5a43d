"""Worker processes with limits on time and memory. The caller passes the function to run."""
