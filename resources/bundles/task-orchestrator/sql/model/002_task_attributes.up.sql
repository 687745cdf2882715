-- needs: 001
-- Named values of a task. What the legacy columns held and the new model has no column for is kept here.
CREATE TABLE task_attributes (
  id INTEGER PRIMARY KEY,
  task_id TEXT NOT NULL REFERENCES generic_tasks (task_id) ON DELETE CASCADE,
  attribute_name TEXT NOT NULL,
  attribute_value TEXT NOT NULL,
  attribute_type TEXT NOT NULL DEFAULT 'string'
    CHECK (attribute_type IN ('string', 'number', 'boolean', 'date', 'json')),
  attribute_category TEXT,
  is_indexed BOOLEAN NOT NULL DEFAULT 0 CHECK (is_indexed IN (0, 1)),
  created_at TIMESTAMP NOT NULL,
  updated_at TIMESTAMP,
  UNIQUE (task_id, attribute_name)
);
