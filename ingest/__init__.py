"""What Copydesk computes: one module a step, plain functions on plain data.

Feed -> Fetched -> [Entry] -> Fetched -> Article -> Sketch -> [Match] -> Story

fetch.py     the network: a Request becomes a Fetched, or a Failed that says why
feeds.py     a Fetched feed becomes entries
plan.py      entries become pages to fetch, each URL decided once
extract.py   a Fetched page becomes an Article, in worker processes
sketch.py    an article's text becomes a MinHash signature and its bands
dedup.py     two texts become a Match or nothing; matches become stories
"""
