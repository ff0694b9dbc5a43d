-- What every column of every view means.

CREATE OR REPLACE VIEW dictionary AS
SELECT c.table_name AS view_name, c.column_name, c.data_type AS type, c.comment AS meaning
FROM duckdb_columns() c
WHERE c.schema_name = 'main' AND NOT c.internal AND c.database_name = current_database()
ORDER BY c.table_name, c.column_index;
COMMENT ON VIEW dictionary IS 'Every column of every view, and what it means';
COMMENT ON COLUMN dictionary.view_name IS 'The view';
COMMENT ON COLUMN dictionary.column_name IS 'The column';
COMMENT ON COLUMN dictionary.type IS 'Its SQL type';
COMMENT ON COLUMN dictionary.meaning IS 'What it holds';
