import { Button } from '@mantine/core';
import { useState } from 'react';
import { CopyButton } from '../../ui/copy-button.tsx';
import { Dialog, DialogActions } from '../../ui/dialog.tsx';
import { saveText } from '../../ui/save-text.ts';
import { CallError } from '../shared/call-error.tsx';
import { useAction } from '../shared/use-action.ts';

/** Statements and mappings as Markdown, for a review by people who do not run Overland. */
export function ExportPlan({ runId }: { runId: string }) {
  const [file, setFile] = useState<{ name: string; text: string } | null>(null);
  const [opened, setOpened] = useState(false);
  const load = useAction((api) => api.plan.export({ runId }), setFile);
  const open = () => {
    setOpened(true);
    load.run();
  };
  const close = () => setOpened(false);
  return (
    <>
      <Button variant="quiet" onClick={open} loading={load.busy}>
        Export plan...
      </Button>
      <Dialog opened={opened} onClose={close} label="Export plan" size={820}>
        <CallError error={load.error} onRetry={() => load.run()} />
        {file ? (
          <pre className="code" tabIndex={0} style={{ maxHeight: '58vh' }}>
            {file.text}
          </pre>
        ) : null}
        <DialogActions>
          <Button onClick={close} data-autofocus>
            Close
          </Button>
          {file ? <CopyButton text={file.text} /> : null}
          {file ? (
            <Button variant="primary" data-primary onClick={() => saveText(file.name, 'text/markdown', file.text)}>
              Save as {file.name}
            </Button>
          ) : null}
        </DialogActions>
      </Dialog>
    </>
  );
}
