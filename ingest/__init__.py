"""Computes what Copydesk knows: a room for each step, with plain functions on plain data.

Feed -> Fetched -> [Entry] -> Fetched -> Article -> Sketch -> [Match] -> Story

feeds        the document of a feed becomes entries, and entries become pages to fetch
fetch        the network: a Request becomes a Fetched or a Failed; no other room opens connections
metadata     what a page declares about its article: title, authors, dates
agencies     which news agency an article comes from
extract      a page becomes an article, with a verdict
dedup        near-duplicates are found and become stories
evaluation   measures the extraction and the search for copies
workers      processes with limits on time and memory
model        the types

All rooms use the types, and also urls, words, wordlists, values and decode.
"""
