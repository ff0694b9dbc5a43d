"""The document of a feed becomes entries, and entries become pages to fetch.

parse       makes entries of a document: RSS, RDF and Atom by feedparser
jsonfeed    does the same for JSON Feeds
sitemap     does the same for sitemaps
discover    finds the feeds that a page names
opml        reads and writes subscription lists
state       gives the state of a feed after a poll, and the next request
schedule    says when a feed is polled next
plan        makes pages to fetch of entries; each entry is counted once
"""
