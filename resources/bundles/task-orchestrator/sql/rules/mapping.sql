-- Entries of the legacy mapping that lead to no task, or to one of another kind.
SELECT m.old_id, m.old_type, m.new_id, t.task_type AS found_type
FROM legacy_task_mapping AS m
LEFT JOIN generic_tasks AS t ON t.task_id = m.new_id
WHERE t.task_id IS NULL
  OR (m.old_type = 'breakdown' AND t.task_type <> 'breakdown')
  OR (m.old_type = 'subtask' AND t.task_type <> 'specialist_task')
