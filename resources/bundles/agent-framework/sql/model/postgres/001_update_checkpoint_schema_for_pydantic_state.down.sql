DROP INDEX idx_checkpoints_error_count;
DROP INDEX idx_checkpoints_workflow_step;
DROP INDEX idx_checkpoints_state_version;
ALTER TABLE checkpoints DROP CONSTRAINT chk_checkpoints_state_version;
ALTER TABLE checkpoints
  DROP COLUMN last_error,
  DROP COLUMN retry_count,
  DROP COLUMN error_count,
  DROP COLUMN workflow_step,
  DROP COLUMN state_version;
