-- needs: 001
CREATE TABLE task_artifacts (
  artifact_id TEXT NOT NULL PRIMARY KEY,
  task_id TEXT NOT NULL REFERENCES generic_tasks (task_id) ON DELETE CASCADE,
  artifact_type TEXT NOT NULL DEFAULT 'general',
  artifact_name TEXT NOT NULL,
  content TEXT,
  is_primary BOOLEAN NOT NULL DEFAULT 0 CHECK (is_primary IN (0, 1))
);

CREATE INDEX task_artifacts_by_task ON task_artifacts (task_id);
