-- Migrated tasks whose path or level does not follow from their parent.
SELECT child.task_id, child.hierarchy_path, parent.hierarchy_path AS parent_path, child.hierarchy_level
FROM legacy_task_mapping AS m
JOIN generic_tasks AS child ON child.task_id = m.new_id
LEFT JOIN generic_tasks AS parent ON parent.task_id = child.parent_task_id
WHERE child.hierarchy_path <> coalesce(parent.hierarchy_path, '') || '/' || child.task_id
  OR child.hierarchy_level <> coalesce(parent.hierarchy_level + 1, 0)
