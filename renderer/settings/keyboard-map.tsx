import { Fragment } from 'react';
import { useRoute } from '../app/route-context.tsx';
import { placeHref, plainHref } from '../app/routes.ts';
import { Panel } from '../ui/panel.tsx';
import { Screen } from '../ui/screen.tsx';

type Key = { readonly keys: readonly string[]; readonly does: string };
type Group = { readonly name: string; readonly keys: readonly Key[] };

const isMac = navigator.userAgent.includes('Mac OS');
const control = isMac ? '⌘' : 'Ctrl';
const alt = isMac ? '⌥' : 'Alt';

const everywhere: Group = {
  name: 'Everywhere',
  keys: [
    { keys: [control, 'Enter'], does: 'Do what the bottom right button says' },
    { keys: [alt, '1', 'to', '8'], does: 'Go to a phase' },
    { keys: [control, 'K'], does: 'Go to any screen' },
    { keys: [control, 'O'], does: 'Open a bundle' },
    { keys: [control, 'Shift', 'L'], does: 'Light or dark' },
    { keys: ['/'], does: 'Search on this screen' },
    { keys: ['?'], does: 'This list' },
    { keys: ['F6'], does: 'Next region: header, rail, content, actions' },
    { keys: ['Shift', 'F6'], does: 'Region before' },
  ],
};

const others: readonly Group[] = [
  {
    name: 'Execute',
    keys: [
      { keys: ['P'], does: 'Pause after this chunk, or resume' },
      { keys: ['E'], does: 'Events: all, warnings, errors' },
      { keys: [control, '.'], does: 'Cancel run; always asks' },
    ],
  },
  {
    name: 'Lists and tables',
    keys: [
      { keys: ['↑', '↓'], does: 'Row' },
      { keys: ['Home', 'End'], does: 'First, last' },
      { keys: ['Enter'], does: 'Open' },
      { keys: [control, 'C'], does: 'Copy row' },
      { keys: ['Space'], does: 'Select' },
    ],
  },
  {
    name: 'Dialogs',
    keys: [
      { keys: ['Esc'], does: 'Close; nothing happens' },
      { keys: ['Tab'], does: 'Never leaves the dialog' },
    ],
  },
];

/** Every key, as UI.md section 9 fixes them. */
export function KeyboardMap() {
  const { place } = useRoute();
  return (
    <Screen
      question="How is it used without a mouse?"
      title="Keyboard map"
      lead="Every action has a key or can be reached with Tab. Nothing is deleted by a single key."
      back={{ label: 'Back to settings', href: placeHref(place, 'settings') ?? plainHref('settings') }}
    >
      <div className="g2" style={{ gridTemplateColumns: '1fr 1fr', alignItems: 'start' }}>
        <KeyGroup group={everywhere} />
        <div className="col" style={{ gap: 14 }}>
          {others.map((group) => (
            <KeyGroup key={group.name} group={group} />
          ))}
        </div>
      </div>
    </Screen>
  );
}

function KeyGroup({ group }: { group: Group }) {
  return (
    <Panel title={group.name} padded={false}>
      <dl>
        {group.keys.map((key) => (
          <div
            key={key.does}
            className="li"
            style={{ gridTemplateColumns: '140px 1fr', cursor: 'default', padding: '6px 14px', background: 'none' }}
          >
            <dt className="row" style={{ gap: 4 }}>
              {key.keys.map((part) => (
                <Fragment key={part}>{part === 'to' ? <span className="c12 t3">to</span> : <Cap>{part}</Cap>}</Fragment>
              ))}
            </dt>
            <dd>{key.does}</dd>
          </div>
        ))}
      </dl>
    </Panel>
  );
}

function Cap({ children }: { children: string }) {
  return (
    <kbd className="kbd" style={{ margin: 0, opacity: 1, color: 'var(--text-2)' }}>
      {children}
    </kbd>
  );
}
