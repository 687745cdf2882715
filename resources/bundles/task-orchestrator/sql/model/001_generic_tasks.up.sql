-- One table for every task: a breakdown is a root, a subtask its child.
CREATE TABLE generic_tasks (
  task_id TEXT NOT NULL PRIMARY KEY CHECK (task_id <> ''),
  parent_task_id TEXT REFERENCES generic_tasks (task_id) ON DELETE CASCADE,
  title TEXT NOT NULL CHECK (title <> ''),
  description TEXT NOT NULL,
  task_type TEXT NOT NULL DEFAULT 'standard',
  hierarchy_path TEXT NOT NULL,
  hierarchy_level INTEGER NOT NULL DEFAULT 0 CHECK (hierarchy_level >= 0),
  position_in_parent INTEGER NOT NULL DEFAULT 0,
  status TEXT NOT NULL DEFAULT 'pending',
  lifecycle_stage TEXT NOT NULL DEFAULT 'created'
    CHECK (lifecycle_stage IN
      ('created', 'planning', 'ready', 'active', 'blocked', 'review', 'completed', 'failed', 'archived')),
  complexity TEXT,
  estimated_effort TEXT,
  actual_effort TEXT,
  specialist_type TEXT,
  assigned_to TEXT,
  context TEXT,
  configuration TEXT,
  results TEXT,
  summary TEXT,
  quality_gate_level TEXT NOT NULL DEFAULT 'standard',
  verification_status TEXT,
  auto_maintenance_enabled BOOLEAN NOT NULL DEFAULT 1,
  is_template BOOLEAN NOT NULL DEFAULT 0 CHECK (is_template IN (0, 1)),
  template_id TEXT,
  created_at TIMESTAMP NOT NULL,
  updated_at TIMESTAMP,
  started_at TIMESTAMP,
  completed_at TIMESTAMP,
  due_date TIMESTAMP,
  deleted_at TIMESTAMP
);

CREATE INDEX generic_tasks_by_parent ON generic_tasks (parent_task_id);
CREATE INDEX generic_tasks_by_status ON generic_tasks (status);
CREATE INDEX generic_tasks_by_lifecycle ON generic_tasks (lifecycle_stage);
CREATE INDEX generic_tasks_by_hierarchy ON generic_tasks (hierarchy_path);
CREATE INDEX generic_tasks_by_type ON generic_tasks (task_type);
CREATE INDEX generic_tasks_by_specialist ON generic_tasks (specialist_type);
CREATE INDEX generic_tasks_by_created ON generic_tasks (created_at);
CREATE INDEX generic_tasks_by_deleted ON generic_tasks (deleted_at);
