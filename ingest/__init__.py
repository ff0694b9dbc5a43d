"""What Copydesk computes: one module a step, plain functions on plain data.

Feed -> Fetched -> [Entry] -> Fetched -> Article -> Sketch -> [Match] -> Story

fetch.py      the network: a Request becomes a Fetched, or a Failed that says why
  guard.py      which addresses are never asked, checked where the socket opens
  hosts.py      how long to wait before a host is asked again
  robots.py     what a site's robots.txt asks of us
  answers.py    what a server's status, headers and packed body mean
  failing.py    what httpx raises becomes a Failed
  limits.py     how much a server may cost us, and how much we may cost it
ledger.py     a request as it is kept, whatever it came to
feeds.py      a Fetched feed becomes entries
  decode.py, jsonfeed.py, sitemap.py, values.py    documents and values of all kinds
discover.py   the feeds that a site's page names
opml.py       subscription lists, read and written
follow.py     what a feed's answers teach about it
schedule.py   when it is due again
plan.py       entries become pages to fetch, each URL decided once
extract.py    a Fetched page becomes an Article
  markup.py     the tree it is read from, and how much of anything it may hold
  pool.py       the worker processes it is done in, and what a page may cost them
  warm.py       what they have loaded when they start
sketch.py     an article's text becomes a MinHash signature and its bands
dedup.py      two texts become a Match or nothing; matches become stories
"""
