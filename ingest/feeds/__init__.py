"""A feed's document becomes entries, and entries become pages to fetch.

parse       RSS, RDF and Atom; jsonfeed and sitemap read the other formats
discover    the feeds that a site's page names
opml        subscription lists, read and written
state       what a feed's answers teach about the feed
schedule    when a feed is due again
plan        entries become pages, and each address is decided once
"""
