"""Reads what a page declares about its article: title, authors, dates, section, tags.

read           gives all of it as one record; title, authors and dates with their sources
declared       reads the metas, links, headings and times of a page
placement      says which elements are near the headline, and which are outside the article
jsonld         reads the schema.org objects in scripts
article_node   finds the article among these objects
headline       chooses the title
dates          finds when the page was published and changed
authors        finds the byline; bylines, byline_words and name_case take it apart
outlet_names   finds the outlet's own names, which are not authors
words.toml     the words of bylines and dates: add a language here
"""
