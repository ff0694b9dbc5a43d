"""The Prefect flows, the server they report to, their schedule, and their reports in its UI."""
