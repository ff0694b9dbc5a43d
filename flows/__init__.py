"""When things happen: the Prefect flow, the settings, the command line. Composes the other two."""
