"""What a page declares about its article: title, authors, dates, section, language.

read           all of it as one record, each value with its source
declared       the metas, links, headings and times of a page; near, what stands by the headline
jsonld         schema.org nodes in scripts; article_node finds the article's
headline       chooses the title
dates          finds when it was published and changed
authors        finds the byline; bylines, byline_words and name_case take it apart
"""
