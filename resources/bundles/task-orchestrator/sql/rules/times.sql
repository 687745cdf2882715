-- Tasks that were completed before they were created. The legacy values arrive as they are.
SELECT task_id, created_at, completed_at
FROM generic_tasks
WHERE completed_at < created_at
