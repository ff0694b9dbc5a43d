"""The stages of a run, each over one batch. No Prefect here."""
