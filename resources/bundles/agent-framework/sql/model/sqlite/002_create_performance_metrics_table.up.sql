-- needs: 001
CREATE TABLE performance_metrics (
  id INTEGER PRIMARY KEY,
  session_id VARCHAR(255) NOT NULL,
  step_name VARCHAR(100) NOT NULL,
  duration_ms INTEGER NOT NULL,
  success BOOLEAN NOT NULL DEFAULT 1,
  error_message TEXT,
  resource_usage TEXT,
  created_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP
);
CREATE INDEX idx_performance_metrics_session_id ON performance_metrics (session_id);
CREATE INDEX idx_performance_metrics_step_name ON performance_metrics (step_name);
CREATE INDEX idx_performance_metrics_created_at ON performance_metrics (created_at);
