DROP TABLE generic_tasks;
