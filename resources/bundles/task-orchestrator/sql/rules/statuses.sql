-- Tasks with a status that the new application does not know.
SELECT task_id, status, lifecycle_stage
FROM generic_tasks
WHERE status NOT IN ('pending', 'active', 'in_progress', 'completed', 'failed', 'cancelled')
