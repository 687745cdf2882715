-- needs: 001
CREATE TABLE task_dependencies (
  id INTEGER PRIMARY KEY,
  dependent_task_id TEXT NOT NULL REFERENCES generic_tasks (task_id) ON DELETE CASCADE,
  prerequisite_task_id TEXT NOT NULL REFERENCES generic_tasks (task_id) ON DELETE CASCADE,
  dependency_type TEXT NOT NULL DEFAULT 'completion'
    CHECK (dependency_type IN ('completion', 'data', 'approval', 'prerequisite', 'blocks')),
  dependency_status TEXT NOT NULL DEFAULT 'pending',
  is_mandatory BOOLEAN NOT NULL DEFAULT 1 CHECK (is_mandatory IN (0, 1)),
  description TEXT,
  satisfied_at TIMESTAMP,
  UNIQUE (dependent_task_id, prerequisite_task_id, dependency_type),
  CHECK (dependent_task_id <> prerequisite_task_id)
);

CREATE INDEX task_dependencies_by_prerequisite ON task_dependencies (prerequisite_task_id);
