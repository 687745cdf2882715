DROP TABLE workflow_state_audit;
