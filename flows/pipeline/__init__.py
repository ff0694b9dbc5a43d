"""What a run and the commands do, step by step, without Prefect.

polling      which feeds to poll, the polls themselves, and what they say
stages       what happens to a batch of pages: fetch, extract, file
folding      new articles find their copies and become stories
subscribing  feeds that a person adds, imports or changes
recleaning   boilerplate leaves articles that were filed before it was known
upkeep       old data is deleted or summed up, and the file is rebuilt
evaluating   folding is measured on labelled pairs
progress     how far a run is; stopwatch: where its seconds go
"""
