DROP INDEX idx_checkpoints_error_count;
DROP INDEX idx_checkpoints_workflow_step;
DROP INDEX idx_checkpoints_state_version;
ALTER TABLE checkpoints DROP COLUMN last_error;
ALTER TABLE checkpoints DROP COLUMN retry_count;
ALTER TABLE checkpoints DROP COLUMN error_count;
ALTER TABLE checkpoints DROP COLUMN workflow_step;
ALTER TABLE checkpoints DROP COLUMN state_version;
