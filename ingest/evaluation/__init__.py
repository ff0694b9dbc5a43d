"""Measures results against labels.

text    how well the text and metadata of pages are read
pairs   how well copies are found
"""
