"""Measures results against labels.

score   precision, recall and F1
text    how well the text and metadata of pages are read
pairs   how well copies are found
"""
