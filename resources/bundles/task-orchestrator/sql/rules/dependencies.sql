-- Dependencies of which one end is missing, or that lead back to the task itself.
SELECT d.dependent_task_id, d.prerequisite_task_id, d.dependency_type
FROM task_dependencies AS d
WHERE d.dependent_task_id = d.prerequisite_task_id
  OR NOT EXISTS (SELECT 1 FROM generic_tasks AS t WHERE t.task_id = d.dependent_task_id)
  OR NOT EXISTS (SELECT 1 FROM generic_tasks AS t WHERE t.task_id = d.prerequisite_task_id)
