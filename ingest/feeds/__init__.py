"""The document of a feed becomes entries, and entries become pages to fetch.

parse       a document becomes entries: RSS, RDF and Atom by feedparser
jsonfeed    the same for JSON Feeds
sitemap     the same for sitemaps
discover    finds the feeds that a page names
opml        reads and writes subscription lists
state       the state of a feed after a poll, and the next request
schedule    when a feed is polled next
plan        entries become pages to fetch; each entry is counted once
"""
