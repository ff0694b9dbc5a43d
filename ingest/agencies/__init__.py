"""News agencies: their names, and whether an article is an agency's copy.

agencies.toml  the agencies, and how each is written: add an agency here
words.toml     the words of credits, by language
names          says which agency a credit names
attribution    says which agency an article is from, with the words that show it
"""
