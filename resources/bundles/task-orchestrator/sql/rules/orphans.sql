-- Rows that name a task which is not there.
SELECT child.task_id, 'generic_tasks' AS found_in, child.parent_task_id AS missing_task
FROM generic_tasks AS child
WHERE child.parent_task_id IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM generic_tasks AS parent WHERE parent.task_id = child.parent_task_id)
UNION ALL
SELECT a.task_id, 'task_attributes', a.task_id
FROM task_attributes AS a
WHERE NOT EXISTS (SELECT 1 FROM generic_tasks AS t WHERE t.task_id = a.task_id)
UNION ALL
SELECT a.artifact_id, 'task_artifacts', a.task_id
FROM task_artifacts AS a
WHERE NOT EXISTS (SELECT 1 FROM generic_tasks AS t WHERE t.task_id = a.task_id)
