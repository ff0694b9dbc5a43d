-- What recurs on an outlet's pages is called boilerplate everywhere: so is its table.
ALTER TABLE core.furniture RENAME TO boilerplate;
