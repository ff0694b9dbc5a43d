"""Two texts become a match or nothing, and matches become stories.

sketch        a text becomes a MinHash signature, its bands, and a sample of its shingles
boilerplate   which shingles an outlet prints on unrelated pages, and so are no evidence
hashes        sets of hashes as sorted arrays
compare       two texts become a Match; alignment finds the runs of words they share
stitch        finds a page that is put together from passages of several others
fold          matches become stories
difference    shows one text next to another
"""
