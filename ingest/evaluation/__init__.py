"""Measures results against labels.

score       computes precision, recall and F1
text        measures how well the text and metadata of pages are read
extractors  runs Copydesk and trafilatura side by side, and measures them with `text`
pairs       measures how well copies are found
chart       draws line charts as SVG
"""
