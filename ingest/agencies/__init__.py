"""News agencies: their names, and whether an article is an agency's copy.

agencies.toml  the agencies, and how each is written: add an agency here
words.toml     the words of credits, by language
names          which agency a credit names
attribution    whose copy an article says it is, with the words that say so
"""
