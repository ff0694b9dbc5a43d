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
extract.py    a Fetched page becomes an Article, composed of
  markup.py     the tree it is read from, and how much of anything it may hold
  metadata.py   what the page declares: declared.py, jsonld.py, schema.py, headline.py, near.py,
                page_dates.py, page_authors.py with bylines.py, byline_words.py and name_case.py
  recipes.py    what an editor knows better of an outlet's pages
  body.py       the lines of its text, once prune.py has taken out what is named as something else
  cleaning.py   those lines without what is the site's: rules.py, wording.py, phrases.toml
  verdict.py    what the page is: an article, or what stands in for one (standins.toml)
  attribution.py  whose copy it is: agencies.py
pool.py       the worker processes that is done in, and what a page may cost them
  warm.py       what they have loaded when they start
sketch.py     a text becomes a MinHash signature, its bands and a sample of its shingles
  furniture.py, hashes.py   what recurs on an outlet is no evidence; sets as sorted arrays
compare.py    two texts become a Match, or nothing; difference.py shows one next to the other
stitch.py     a page put together from several others
dedup.py      matches become stories
scoring.py, evaluation.py   how well text is read and copies are found, against labels
model.py      the types; urls.py and words.py, what an address and a word are
"""
