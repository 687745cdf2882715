-- Tasks with artifacts of which not exactly one is primary.
SELECT task_id, count(*) AS artifacts, sum(is_primary) AS primary_artifacts
FROM task_artifacts
GROUP BY task_id
HAVING sum(is_primary) <> 1
