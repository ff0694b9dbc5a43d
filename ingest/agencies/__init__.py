"""News agencies: their names, and whether an article is an agency's copy.

names        the table of agencies and how each is written
attribution  whose copy an article says it is, with the words that say so
"""
