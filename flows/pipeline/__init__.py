"""What a run and the commands do, step by step, without Prefect.

polling      which feeds to poll, the polls themselves, and what they say
stages       what happens to a batch of pages: fetch, extract, file
folding      new articles find their copies and become stories
subscribing  feeds that a person adds, imports or changes
recleaning   removes boilerplate from articles that were filed before it was learned
upkeep       deletes or sums up old data, and rebuilds the file
evaluating   measures folding on labelled pairs
progress     reports how far a run is
stopwatch    measures how many seconds each stage takes
"""
