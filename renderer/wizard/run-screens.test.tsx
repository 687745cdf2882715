// @vitest-environment jsdom
import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterEach, describe, expect, it } from 'vitest';
import { HistoryScreen } from '../history/history-screen.tsx';
import { SettingsScreen } from '../settings/settings-screen.tsx';
import { type Rendered, renderScreen } from '../testing/harness.tsx';
import { pictures } from '../testing/pictures.ts';
import { BackupScreen } from './backup/backup-screen.tsx';
import { DryRunScreen } from './dry-run/dry-run-screen.tsx';
import { FinishScreen } from './finish/finish-screen.tsx';
import { QuarantineScreen } from './quarantine/quarantine-screen.tsx';
import { RollbackScreen } from './rollback/rollback-screen.tsx';
import { ValidateScreen } from './validate/validate-screen.tsx';

afterEach(cleanup);

const slow = { timeout: 4000 };

const screens = {
  '04': BackupScreen,
  '05': DryRunScreen,
  '07': ValidateScreen,
  '08': FinishScreen,
  '09': RollbackScreen,
  '10': QuarantineScreen,
  '11': HistoryScreen,
  '12': SettingsScreen,
} as const;

function show(picture: string): Rendered {
  const state = pictures[picture];
  if (!state) throw new Error(`There is no picture ${picture}`);
  const Screen = screens[picture.slice(0, 2) as keyof typeof screens];
  return renderScreen(<Screen />, state.services, state.hash);
}
const heading = (text: string) => screen.findByRole('heading', { level: 1, name: text });
const primary = () => document.querySelector<HTMLButtonElement>('[data-primary]');
const note = () => document.getElementById('next-note')?.textContent ?? '';

describe('each state answers with the figure that decides, and the button says what is next', () => {
  const open: readonly [string, string, RegExp][] = [
    ['04-backup-none', 'Not yet. 2.1 GB are to be saved', /^Start the backup/],
    ['04-backup-verified', 'Yes. 2.1 GB are saved, read back, and every hash matches', /^Start the dry run/],
    ['04-backup-no-space', 'Not yet. The backup folder has 1.2 GB free and 2.1 GB are needed', /^Check again/],
    [
      '04-backup-failed',
      'No. generic.db could not be read back: the hash differs from what was written',
      /^Start the backup again/,
    ],
    ['05-dryrun-none', 'Not known yet. The plan has not been rehearsed', /^Start the dry run/],
    ['05-dryrun-failed', 'The dry run failed in step subtasks', /^Rehearse again/],
    [
      '05-dryrun-counts',
      '8,229,411 of 8,250,140 records would be accepted; 1,329 records would be set aside',
      /^Execute 4 steps…/,
    ],
    ['07-validate-none', 'Not known yet. Nothing has been compared', /^Start the validation/],
    ['07-validate-issues', 'No. All accounts balance, but 3 errors were found', /^Go to the outcome/],
    ['07-validate-passed', 'Yes. All accounts balance and 4 tables agree', /^Go to the outcome/],
    ['08-finish-completed', 'Completed. Every record arrived, none is set aside', /^Export the report/],
    [
      '08-finish-quarantine',
      'Completed, with 1,329 records set aside and 3 rows that differ',
      /^Look at what is set aside/,
    ],
    ['08-finish-validation-failed', 'Written, but validation found 3 errors', /^Look at the issues/],
    ['08-finish-failed', 'Failed in step 4 of 4. generic.db holds part of the new state', /^Preview the rollback/],
    ['09-rollback-incomplete', 'Not yet. 2 of 4 steps are not undone', /^Decide and go on…/],
    [
      '09-rollback-done',
      'Yes. All 3 objects that the rollback point covers are back and compare equal',
      /^Export the report/,
    ],
    ['10-quarantine', '1,329 set aside, for 3 reasons. None is in generic.db yet', /^Replay 1,017 records/],
    ['10-quarantine-empty', 'Nothing was set aside in this run', /^Go to the outcome/],
    ['11-history', '47 runs. One is open', /^Open report/],
    ['11-history-compare', '3 of 5 properties differ', /^Open report/],
  ];
  it.each(open)('%s', async (picture, title, label) => {
    show(picture);
    await heading(title);
    await waitFor(() => expect(primary()?.textContent).toMatch(label));
    expect(primary()?.disabled).toBe(false);
    expect(note()).toMatch(/^Next: /);
  });

  const closed: readonly [string, string, string][] = [
    [
      '04-backup-running',
      'Saving and reading back: 0 bytes of 2.1 GB are verified',
      'Waits for: 2 objects to be verified',
    ],
    ['05-dryrun-running', 'Rehearsing step 4 of 4, dependencies', 'Waits for: 1 of 4 steps to be rehearsed'],
    [
      '07-validate-running',
      'Comparing source and target: 6,666,120 of 8,250,140 records so far',
      'Waits for: 1 of 4 steps to be compared',
    ],
    [
      '09-rollback-progress',
      'Rolling back step 3 of 4, subtasks. About 98 s (80 to 140) left',
      'Waits for: 3 of 4 steps, then the comparison',
    ],
    [
      '09-rollback-validating',
      'Brings back the state of the rollback point. Deletes 48,273,898 rows that this run wrote',
      'Waits for: the validation, which is at work',
    ],
    ['11-history-loading', 'Reading the journal', 'Waits for: the list'],
  ];
  it.each(closed)('%s is closed and says what it waits for', async (picture, title, waits) => {
    show(picture);
    await heading(title);
    expect(primary()?.disabled).toBe(true);
    expect(note()).toBe(waits);
  });
});

describe('rollback', () => {
  it('opens only when the target is typed, consents are given and the decision is made', async () => {
    const { channel } = show('09-rollback-diverged');
    await screen.findByText('Waits for: your decision about the rows that differ');
    fireEvent.click(screen.getByLabelText('Keep them'));
    expect(note()).toBe('Waits for: your consent below');
    fireEvent.click(screen.getByLabelText(/^Rows that other programs wrote since/));
    expect(note()).toBe('Waits for: the name of the target');
    const field = screen.getByLabelText('Type generic.db to confirm the rollback');
    fireEvent.change(field, { target: { value: 'generic' } });
    expect(primary()?.disabled).toBe(true);
    fireEvent.change(field, { target: { value: 'generic.db' } });
    expect(primary()?.disabled).toBe(false);
    fireEvent.click(primary() as HTMLButtonElement);
    await waitFor(() =>
      expect(channel.calls.find((call) => call.name === 'rollback.start')?.input).toMatchObject({
        to: null,
        consents: ['drop-newer'],
        diverged: 'keep',
      }),
    );
  });
});

describe('a rollback that has begun', () => {
  it('is resumed after a pause, not begun again', async () => {
    const { channel } = show('09-rollback-paused');
    await heading('Paused while rolling back step 3 of 4, subtasks');
    expect(primary()?.textContent).toMatch(/^Resume the rollback/);
    fireEvent.click(primary() as HTMLButtonElement);
    await waitFor(() => expect(channel.calls.some((call) => call.name === 'run.resume')).toBe(true));
  });

  it('asks for another decision where rows of others stopped it', async () => {
    show('09-rollback-incomplete');
    await screen.findByText(/what happens to the rows that differ/);
    fireEvent.click(primary() as HTMLButtonElement);
    await screen.findByText('Waits for: your decision about the rows that differ');
  });
});

describe('quarantine', () => {
  it('asks for a test of a changed rule before it replays, and forgets the test when the rule changes again', async () => {
    const { channel } = show('10-quarantine');
    const rule = await screen.findByLabelText('Rule in CEL', {}, slow);
    fireEvent.change(rule, { target: { value: '=false' } });
    expect(note()).toBe('Waits for: a test of the changed rule');
    fireEvent.click(screen.getByRole('button', { name: 'Test on 1,017' }));
    await screen.findByText('1,000 pass, 17 stay');
    expect(primary()?.disabled).toBe(false);
    fireEvent.change(rule, { target: { value: '=true' } });
    expect(primary()?.disabled).toBe(true);
    fireEvent.click(screen.getByRole('button', { name: 'Test on 1,017' }));
    await screen.findByText('1,000 pass, 17 stay');
    fireEvent.click(primary() as HTMLButtonElement);
    await screen.findByText('1,000 records were replayed; 17 stay here');
    expect(channel.calls.find((call) => call.name === 'quarantine.replay')?.input).toMatchObject({
      step: 'dependencies',
      code: 'prerequisite_unknown',
      changes: [{ key: 'steps.dependencies.reject[1].when', text: '=true' }],
    });
  });

  it('shows what is masked as masked, and asks before a record is waived', async () => {
    const { channel } = show('10-quarantine');
    await screen.findByText('masked by the profile', {}, slow);
    fireEvent.click(screen.getByRole('button', { name: 'Waive this record…' }));
    const dialog = await screen.findByRole('dialog', { name: 'Waive this record?' });
    fireEvent.click(within(dialog).getByRole('button', { name: 'Waive the record' }));
    await waitFor(() =>
      expect(channel.calls.find((call) => call.name === 'quarantine.waive')?.input).toMatchObject({ ids: [1] }),
    );
  });
});

describe('issues', () => {
  it('moves by keys through 1,000 issues with few rows in the page', async () => {
    show('07-validate-issues');
    const list = await screen.findByRole('listbox', { name: '1,000 issues' });
    expect(list.querySelectorAll('[role="option"]').length).toBeLessThan(40);
    await waitFor(() => expect(document.querySelector('pre')?.textContent).toBe('2025-05-26 22:33:16.478286'));
    fireEvent.keyDown(list, { key: 'ArrowDown' });
    await screen.findByText('generic_tasks / t_0441797 / updated_at', { selector: 'dd code' });
  });
});

describe('clean-up', () => {
  it('keeps the rollback point unless it is ticked', async () => {
    const { channel } = show('08-finish-completed');
    fireEvent.click(await screen.findByRole('button', { name: 'Clean up…' }));
    const dialog = await screen.findByRole('dialog', { name: 'Clean up this run?' });
    await waitFor(() => expect(document.activeElement?.textContent).toBe('Keep everything'));
    expect(within(dialog).queryByText('After that the old state cannot be brought back')).toBeNull();
    fireEvent.click(within(dialog).getByLabelText('Delete the rollback point too, 2.1 GB'));
    expect(within(dialog).getByText('After that the old state cannot be brought back')).toBeTruthy();
    fireEvent.click(within(dialog).getByRole('button', { name: 'Clean up, delete the rollback point' }));
    await waitFor(() =>
      expect(channel.calls.find((call) => call.name === 'history.cleanup')?.input).toMatchObject({ removePoint: true }),
    );
  });
});

describe('run history', () => {
  it('goes by keys: arrows move, Space marks two runs to compare', async () => {
    show('11-history');
    const row = await screen.findByRole('row', { name: /r-20261120-0204-k7qm/ });
    row.focus();
    fireEvent.keyDown(row, { key: ' ' });
    fireEvent.keyDown(row, { key: 'ArrowDown' });
    const second = document.activeElement as HTMLElement;
    expect(second.textContent).toContain('r-20261119-2312-x4dp');
    fireEvent.keyDown(second, { key: ' ' });
    fireEvent.click(screen.getByRole('button', { name: 'Compare 2 runs' }));
    expect(location.hash).toBe('#/history/compare/r-20261120-0204-k7qm/r-20261119-2312-x4dp');
  });
});

describe('settings', () => {
  it('saves a change at once', async () => {
    const { channel } = show('12-settings');
    fireEvent.click(await screen.findByLabelText('Notify when a phase ends'));
    await waitFor(() =>
      expect(channel.calls.find((call) => call.name === 'system.saveSettings')?.input).toEqual({ notifyPhases: true }),
    );
  });
});
