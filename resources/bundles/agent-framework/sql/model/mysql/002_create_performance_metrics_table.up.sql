-- needs: 001
CREATE TABLE performance_metrics (
  id INT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  session_id VARCHAR(255) NOT NULL,
  step_name VARCHAR(100) NOT NULL,
  duration_ms INT NOT NULL,
  success BOOLEAN NOT NULL DEFAULT TRUE,
  error_message TEXT,
  resource_usage JSON,
  created_at TIMESTAMP(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6)
) DEFAULT CHARSET = utf8mb4;
CREATE INDEX idx_performance_metrics_session_id ON performance_metrics (session_id);
CREATE INDEX idx_performance_metrics_step_name ON performance_metrics (step_name);
CREATE INDEX idx_performance_metrics_created_at ON performance_metrics (created_at);
