-- A column's own check goes with the column.
ALTER TABLE checkpoints ADD COLUMN state_version VARCHAR(10) DEFAULT '2.0' CHECK (state_version IN ('1.0', '2.0'));
ALTER TABLE checkpoints ADD COLUMN workflow_step VARCHAR(50);
ALTER TABLE checkpoints ADD COLUMN error_count INTEGER DEFAULT 0;
ALTER TABLE checkpoints ADD COLUMN retry_count INTEGER DEFAULT 0;
ALTER TABLE checkpoints ADD COLUMN last_error TEXT;
CREATE INDEX idx_checkpoints_state_version ON checkpoints (state_version);
CREATE INDEX idx_checkpoints_workflow_step ON checkpoints (workflow_step);
CREATE INDEX idx_checkpoints_error_count ON checkpoints (error_count);
