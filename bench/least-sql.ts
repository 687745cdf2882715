/**
 * The least that could do the job of the sample bundle: one `INSERT ... SELECT` per output, legacy file attached as `legacy`.
 * It checks nothing, keeps no journal, cannot stop, resume or set a record aside; it makes the same rows from clean data.
 * `:startedAt` is the run's start as text.
 */
export type LeastStatement = { readonly name: string; readonly table: string; readonly sql: string };

const stage = `CASE s.status WHEN 'pending' THEN 'created' WHEN 'active' THEN 'active' WHEN 'in_progress' THEN 'active'
    WHEN 'completed' THEN 'completed' WHEN 'failed' THEN 'failed' WHEN 'cancelled' THEN 'archived' END`;

export const leastStatements: readonly LeastStatement[] = [
  {
    name: 'breakdowns',
    table: 'generic_tasks',
    sql: `INSERT INTO generic_tasks (task_id, title, description, task_type, hierarchy_path, hierarchy_level, status,
        lifecycle_stage, complexity, context, created_at, updated_at)
      SELECT parent_task_id, 'Task Breakdown: ' || substr(description, 1, 50), description, 'breakdown',
        '/' || parent_task_id, 0, 'active', 'active', complexity, context, created_at, created_at
      FROM legacy.task_breakdowns WHERE description <> ''`,
  },
  {
    name: 'breakdowns',
    table: 'legacy_task_mapping',
    sql: `INSERT INTO legacy_task_mapping (old_id, old_type, new_id, migration)
      SELECT parent_task_id, 'breakdown', parent_task_id, 'generic-2.0'
      FROM legacy.task_breakdowns WHERE description <> ''`,
  },
  {
    name: 'subtasks',
    table: 'generic_tasks',
    sql: `INSERT INTO generic_tasks (task_id, parent_task_id, title, description, task_type, hierarchy_path, hierarchy_level,
        position_in_parent, status, lifecycle_stage, estimated_effort, specialist_type, results, quality_gate_level,
        verification_status, auto_maintenance_enabled, created_at, updated_at, completed_at)
      SELECT s.task_id, s.parent_task_id, s.title, s.description, 'specialist_task', p.hierarchy_path || '/' || s.task_id, 1,
        s.position, s.status, ${stage}, s.estimated_effort, s.specialist_type, s.results,
        coalesce(s.quality_gate_level, 'standard'), s.verification_status, coalesce(s.auto_maintenance_enabled, 1),
        s.created_at, coalesce(s.completed_at, s.created_at), s.completed_at
      FROM (SELECT s.*, row_number() OVER (PARTITION BY s.parent_task_id ORDER BY s.created_at, s.task_id) AS position
            FROM legacy.subtasks AS s) AS s
      JOIN generic_tasks AS p ON p.task_id = s.parent_task_id
      WHERE s.title <> ''`,
  },
  {
    name: 'attributes',
    table: 'task_attributes',
    sql: `INSERT INTO task_attributes (task_id, attribute_name, attribute_value, attribute_type, attribute_category, created_at)
      SELECT task_id, name, value, 'string', 'legacy', :startedAt FROM (
        SELECT s.task_id, n.name, CASE n.name
          WHEN 'original_status' THEN s.status
          WHEN 'legacy_subtask_id' THEN s.task_id
          WHEN 'legacy_parent_id' THEN s.parent_task_id
          WHEN 'legacy_results' THEN s.results
          WHEN 'legacy_artifacts' THEN s.artifacts
          WHEN 'prerequisite_satisfaction_required' THEN CAST(s.prerequisite_satisfaction_required AS TEXT)
          WHEN 'file_operations_count' THEN CAST(s.file_operations_count AS TEXT)
          WHEN 'verification_status' THEN s.verification_status
          WHEN 'migrated_at' THEN :startedAt END AS value
        FROM legacy.subtasks AS s CROSS JOIN (
          SELECT column1 AS name FROM (VALUES ('original_status'), ('legacy_subtask_id'), ('legacy_parent_id'),
            ('legacy_results'), ('legacy_artifacts'), ('prerequisite_satisfaction_required'), ('file_operations_count'),
            ('verification_status'), ('migrated_at'))) AS n)
      WHERE value IS NOT NULL`,
  },
  {
    name: 'artifacts',
    table: 'task_artifacts',
    sql: `INSERT INTO task_artifacts (artifact_id, task_id, artifact_type, artifact_name, content, is_primary)
      SELECT s.task_id || '_artifact_' || (a.key + 1), s.task_id,
        CASE a.type WHEN 'object' THEN coalesce(a.value ->> 'type', 'general') ELSE 'general' END,
        CASE a.type WHEN 'object' THEN a.value ->> 'name' ELSE s.task_id || '_artifact_' || (a.key + 1) END,
        CASE a.type WHEN 'object' THEN a.value ->> 'content' ELSE a.value END,
        a.key = 0
      FROM legacy.subtasks AS s, json_each(s.artifacts) AS a`,
  },
  {
    name: 'subtasks',
    table: 'legacy_task_mapping',
    sql: `INSERT INTO legacy_task_mapping (old_id, old_type, new_id, migration)
      SELECT task_id, 'subtask', task_id, 'generic-2.0' FROM legacy.subtasks`,
  },
  {
    name: 'dependencies',
    table: 'task_dependencies',
    sql: `INSERT INTO task_dependencies (dependent_task_id, prerequisite_task_id, dependency_type)
      SELECT s.task_id, d.value, 'completion'
      FROM legacy.subtasks AS s, json_each(s.dependencies) AS d
      WHERE EXISTS (SELECT 1 FROM legacy_task_mapping AS m WHERE m.old_id = d.value AND m.old_type = 'subtask')`,
  },
];
