DROP TABLE legacy_task_mapping;
