import { Button, Checkbox, NumberInput, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { z } from 'zod';
import type { template as templateSchema } from '#shared/contract/bundle.ts';
import type { Pick } from '../../profiles/use-pick.tsx';
import { useRpc } from '../../rpc/rpc-context.tsx';
import { Dialog, DialogActions } from '../../ui/dialog.tsx';
import { useFormat } from '../../ui/format/format-context.tsx';
import { Note } from '../../ui/note.tsx';
import { CallError } from '../shared/call-error.tsx';
import { useAction } from '../shared/use-action.ts';

type Props = {
  template: z.infer<typeof templateSchema>;
  pick: Pick;
  onOpen: (path: string) => void;
  onClose: () => void;
};

const defaults = { tasks: 2000, seed: 1 };

/** Where a sample goes and how much legacy data is generated beside it. It writes into an empty or new folder only. */
export function SampleDialog({ template, pick, onOpen, onClose }: Props) {
  const { query } = useRpc();
  const format = useFormat();
  const start = useQuery(query.system.browse.queryOptions({ input: { path: null } }));
  const [typed, setTyped] = useState<string | null>(null);
  const [tasks, setTasks] = useState<number>(defaults.tasks);
  const [seed, setSeed] = useState<number>(defaults.seed);
  const [dirty, setDirty] = useState(true);
  const [written, setWritten] = useState<{ path: string; facts: readonly string[] } | null>(null);
  const suggested = start.data ? `${format.path(start.data.path.replace(/[\\/]$/, ''))}/overland/${template.name}` : '';
  const dir = typed ?? suggested;
  const init = useAction(
    (api) => {
      const where = { template: template.name, dir: format.wholePath(dir.trim()) };
      return api.bundle.init(template.generates ? { ...where, tasks, seed, dirty } : where);
    },
    (result) => setWritten(result),
  );
  const browse = async () => {
    const folder = await pick('folder', `Folder for ${template.name}`, null);
    if (folder) setTyped(`${format.path(folder.replace(/[\\/]$/, ''))}/${template.name}`);
  };
  if (written) {
    return (
      <Dialog opened onClose={onClose} label={`${template.name} is written`}>
        <Note severity="ok" title={format.path(written.path)}>
          <ul>
            {written.facts.map((fact) => (
              <li key={fact}>{fact}</li>
            ))}
          </ul>
        </Note>
        <DialogActions>
          <Button onClick={onClose}>Close</Button>
          <Button key="open" ref={takeFocus} variant="primary" data-primary onClick={() => onOpen(written.path)}>
            Open the bundle
          </Button>
        </DialogActions>
      </Dialog>
    );
  }
  return (
    <Dialog opened onClose={onClose} label={`Copy ${template.name}`}>
      <p className="t2" style={{ marginBottom: 12 }}>
        {template.description.replace(/\.$/, '')}. The folder is made if it does not exist; one that holds files is
        refused.
      </p>
      <div className="row" style={{ alignItems: 'flex-end' }}>
        <TextInput
          label="Folder"
          className="grow"
          data-autofocus
          value={dir}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
        <Button onClick={browse}>Browse...</Button>
      </div>
      {template.generates ? (
        <div className="row" style={{ gap: 16, marginTop: 12, alignItems: 'flex-end' }}>
          <NumberInput
            label="Legacy tasks"
            w={130}
            min={1}
            max={1_000_000}
            thousandSeparator=","
            value={tasks}
            onChange={(value) => typeof value === 'number' && setTasks(value)}
          />
          <NumberInput
            label="Seed"
            w={100}
            min={0}
            allowDecimal={false}
            value={seed}
            onChange={(value) => typeof value === 'number' && setSeed(value)}
          />
          <Checkbox
            label="With the faults that real files have"
            checked={dirty}
            onChange={(event) => setDirty(event.currentTarget.checked)}
            style={{ paddingBottom: 6 }}
          />
        </div>
      ) : null}
      <p className="hint" style={{ margin: '10px 0 0' }}>
        The same seed gives the same data. Each task has 4 to 12 subtasks.
      </p>
      {init.error ? (
        <div style={{ marginTop: 12 }}>
          <CallError error={init.error} />
        </div>
      ) : null}
      <DialogActions>
        <Button onClick={onClose}>Close</Button>
        <Button variant="primary" data-primary disabled={!dir.trim()} loading={init.busy} onClick={() => init.run()}>
          Write the sample
        </Button>
      </DialogActions>
    </Dialog>
  );
}

/** The form that had the focus is gone when the sample is written. */
function takeFocus(button: HTMLButtonElement | null): void {
  button?.focus();
}
