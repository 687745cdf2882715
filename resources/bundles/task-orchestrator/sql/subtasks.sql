-- Every subtask with its position among its siblings, by creation time.
-- s.* takes what the file has: newer files carry columns that older ones lack (see `optional` in profile.toml).
SELECT
  s.*,
  row_number() OVER (PARTITION BY s.parent_task_id ORDER BY s.created_at, s.task_id) AS position
FROM subtasks AS s
