-- needs: 001, 002
CREATE TABLE workflow_state_audit (
  id SERIAL PRIMARY KEY,
  session_id VARCHAR(255) NOT NULL,
  thread_id VARCHAR(255),
  checkpoint_id VARCHAR(255),
  previous_step VARCHAR(50),
  current_step VARCHAR(50) NOT NULL,
  state_changes JSONB,
  error_info JSONB,
  created_at TIMESTAMPTZ NOT NULL DEFAULT now()
);
CREATE INDEX idx_workflow_state_audit_session_id ON workflow_state_audit (session_id);
CREATE INDEX idx_workflow_state_audit_thread_id ON workflow_state_audit (thread_id);
CREATE INDEX idx_workflow_state_audit_current_step ON workflow_state_audit (current_step);
CREATE INDEX idx_workflow_state_audit_created_at ON workflow_state_audit (created_at);
