-- needs: 001
-- Where a legacy record went. A breakdown and a subtask may share an id, so the type is part of the key.
CREATE TABLE legacy_task_mapping (
  old_id TEXT NOT NULL,
  old_type TEXT NOT NULL CHECK (old_type IN ('breakdown', 'subtask')),
  new_id TEXT NOT NULL REFERENCES generic_tasks (task_id) ON DELETE CASCADE,
  migration TEXT NOT NULL,
  PRIMARY KEY (old_id, old_type)
);

CREATE INDEX legacy_task_mapping_by_new_id ON legacy_task_mapping (new_id);
