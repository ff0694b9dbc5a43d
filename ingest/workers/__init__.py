"""Limited processes. They import no step: the caller hands in what to run."""
