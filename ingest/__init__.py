"""What Copydesk computes: one room a step, plain functions on plain data. No I/O but in fetch.

Feed -> Fetched -> [Entry] -> Fetched -> Article -> Sketch -> [Match] -> Story

feeds        a document becomes entries, and entries become pages to fetch
fetch        the network: a Request becomes a Fetched, or a Failed
metadata     what a page declares about its article
agencies     whose copy an article is
extract      a page becomes an article, with a verdict
dedup        two texts become a match, and matches become stories
evaluation   how well text is read and copies are found
workers      limited processes, in which pages and feeds are read
model        the types; urls, words, wordlists, values and decode are what all rooms use
"""
