"""When things happen: the settings, the command line, the stages of a run, the Prefect flows."""
