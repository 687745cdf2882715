DROP TABLE task_attributes;
