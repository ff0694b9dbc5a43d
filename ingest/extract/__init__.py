"""A page becomes an article: its text, its metadata and a verdict.

article        the steps in order
markup         makes the page's tree, with limits on its size
recipes        says where one outlet's pages hold the article: written by an editor
prune          removes the parts of a page that are named as something else
lines          finds the lines of the text
cleaning       removes lines that are not the article's, by the rules in `rules`
wording        says what a line is by its words: a button, a date, a notice
verdict        tells articles from pages that stand in for one
warm           loads all of this once, for the worker processes
phrases.toml, standins.toml, words.toml: what sites print, by language
"""
