"""Compares articles, and makes stories of near-duplicates.

sketch        makes a sketch of a text: a MinHash signature with bands, and a sample of its shingles
boilerplate   finds the shingles that an outlet prints on unrelated pages
hashes        works on sets of hashes as sorted arrays
compare       makes a match of two texts
alignment     finds what two texts have in common in the same order
stitch        finds a page that consists of passages of several others
fold          makes stories of matches
difference    shows what one text changed of another
"""
