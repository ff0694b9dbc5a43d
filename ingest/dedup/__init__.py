"""Articles are compared, and near-duplicates become stories.

sketch        a text becomes a MinHash signature with bands, and a sample of its shingles
boilerplate   finds the shingles that an outlet prints on unrelated pages
hashes        sets of hashes as sorted arrays
compare       two texts become a match
alignment     finds what two texts have in common in the same order
stitch        finds a page that consists of passages of several others
fold          matches become stories
difference    shows what one text changed of another
"""
