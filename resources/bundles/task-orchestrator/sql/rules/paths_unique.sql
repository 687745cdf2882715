-- Paths that more than one task has; a slash inside an id can cause it.
SELECT min(task_id) AS task_id, hierarchy_path, count(*) AS tasks, max(task_id) AS also
FROM generic_tasks
GROUP BY hierarchy_path
HAVING count(*) > 1
