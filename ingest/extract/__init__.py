"""A page becomes an article: its text, its metadata and a verdict.

article        the steps in order
markup         the page's tree, and how much of anything it may hold
recipes        what an editor knows about one outlet's pages
prune          removes the parts of a page that are named as something else
lines          finds the lines of the text
cleaning       removes lines that are not the article's: rules, wording
verdict        an article, or what stands in for one
warm           loads all of this once, for the worker processes
phrases.toml, standins.toml, words.toml: what sites print, by language
"""
