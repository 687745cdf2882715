-- needs: 001
-- History of a task from the migration onwards. It starts empty: the legacy layout kept none.
CREATE TABLE task_events (
  id INTEGER PRIMARY KEY,
  task_id TEXT NOT NULL REFERENCES generic_tasks (task_id) ON DELETE CASCADE,
  event_type TEXT NOT NULL,
  event_category TEXT,
  event_data TEXT,
  previous_value TEXT,
  new_value TEXT,
  triggered_by TEXT,
  created_at TIMESTAMP NOT NULL
);

CREATE INDEX task_events_by_task ON task_events (task_id, created_at);
