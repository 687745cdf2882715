import { Button } from '@mantine/core';
import { useState } from 'react';
import type { Settings, SystemInfo } from '#shared/contract/system.ts';
import type { Pick } from '../profiles/use-pick.tsx';
import { useFormat } from '../ui/format/format-context.tsx';
import { KeyValues } from '../ui/key-values.tsx';
import { Panel } from '../ui/panel.tsx';
import { SeverityIcon } from '../ui/severity-icon.tsx';
import { CallError } from '../wizard/shared/call-error.tsx';
import { useAction } from '../wizard/shared/use-action.ts';
import { SettingLine } from './setting-line.tsx';

type Props = {
  readonly info: SystemInfo;
  readonly settings: Settings;
  readonly save: (changed: Partial<Settings>) => void;
  readonly pick: Pick;
};

/** Where Overland keeps what it writes on this machine. */
export function MachineData({ info, settings, save, pick }: Props) {
  const format = useFormat();
  const [checked, setChecked] = useState<{ ok: boolean; words: string } | null>(null);
  const open = useAction((api, path: string) => api.system.openFolder({ path }));
  const check = useAction((api) => api.system.checkJournal(), setChecked);
  const { points } = info;
  const free = points.freeBytes === null ? '' : `; ${format.bytes(points.freeBytes)} free`;
  const choose = async () => {
    const folder = await pick('folder', 'Folder for rollback points', settings.pointsFolder);
    if (folder) save({ pointsFolder: folder });
  };
  return (
    <Panel title="Data on this machine" padded={false}>
      <SettingLine name="Data folder" note={format.path(info.home)}>
        {info.can.openFolders ? <Button onClick={() => open.run(info.home)}>Open</Button> : null}
      </SettingLine>
      <SettingLine
        name="Rollback points"
        note={`${settings.pointsFolder === null ? 'in the data folder' : format.path(settings.pointsFolder)}: ${format.count(points.count, 'point')}, ${format.bytes(points.bytes)}${free}`}
      >
        <span className="row">
          {settings.pointsFolder === null ? null : (
            <Button variant="quiet" onClick={() => save({ pointsFolder: null })}>
              Data folder
            </Button>
          )}
          <Button onClick={() => void choose()}>Choose…</Button>
        </span>
      </SettingLine>
      <SettingLine
        name="Journal"
        note={
          <>
            {format.count(info.runs, 'run')}, {format.bytes(info.journalBytes)}
            {checked ? (
              <span className="row" role="status">
                <SeverityIcon severity={checked.ok ? 'ok' : 'error'} size={13} />
                {checked.words}
              </span>
            ) : null}
          </>
        }
      >
        <Button disabled={check.busy} onClick={() => check.run()}>
          {checked ? 'Check again' : 'Check'}
        </Button>
      </SettingLine>
      <CallError error={open.error ?? check.error} />
    </Panel>
  );
}

/** Version, engine process, contract. */
export function About({ info }: { info: SystemInfo }) {
  const format = useFormat();
  const up = Math.max(0, (Date.now() - Date.parse(info.startedAt)) / 1000);
  return (
    <Panel title="About">
      <KeyValues
        rows={[
          ['Overland', `${info.version}, ${info.runtime}`],
          ['Engine', `process ${info.pid}, ${format.bytes(info.memoryBytes)}, up ${format.duration(up)}`],
          ['Contract', `version ${info.contract}`],
          ['Signed on as', `${info.person} on ${info.machine}`],
        ]}
      />
    </Panel>
  );
}
