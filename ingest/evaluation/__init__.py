"""Measures results against labels.

score       precision, recall and F1
text        how well the text and metadata of pages are read
extractors  Copydesk and trafilatura side by side, measured by `text`
pairs       how well copies are found
chart       line charts as SVG
"""
