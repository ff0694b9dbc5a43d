"""The sample newsroom that `copydesk demo` reads: its files, and the server that serves them."""
