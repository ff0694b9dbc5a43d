"""What a page declares about its article: title, authors, dates, section, tags.

read           all of it as one record; title, authors and dates with their sources
declared       the metas, links, headings and times of a page
placement      which elements are near the headline, and which are outside the article
jsonld         schema.org objects in scripts; article_node finds the article's
headline       chooses the title
dates          finds when the page was published and changed
authors        finds the byline; bylines, byline_words and name_case take it apart
outlet_names   what the outlet is called, which is no author
words.toml     the words of bylines and dates: add a language here
"""
