"""The Prefect flows, the server they report to, and what they leave in its UI."""
