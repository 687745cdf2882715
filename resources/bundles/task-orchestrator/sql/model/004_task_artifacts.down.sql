DROP TABLE task_artifacts;
