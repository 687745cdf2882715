import { TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type KeyboardEvent, useId, useState } from 'react';
import { useRpc } from '../rpc/rpc-context.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { useFormat } from '../ui/format/format-context.tsx';
import { rowForKey } from '../ui/list-keys.ts';
import { MiddleEllipsis } from '../ui/middle-ellipsis.tsx';
import { navigate } from '../ui/navigate.ts';
import { screenTitles } from './phase-names.ts';
import { bundleHref, placeHref, plainHref, type Route, type ScreenName, screenNames } from './routes.ts';

/** Views of a screen that have an address of their own. */
const subViews: Readonly<Partial<Record<ScreenName, readonly (readonly [string, string])[]>>> = {
  plan: [
    ['graph', 'graph'],
    ['forecast', 'forecast'],
    ['types', 'type mapping'],
    ['fates', 'what becomes of what'],
  ],
  'dry-run': [
    ['sample', 'before and after'],
    ['rejects', 'would be set aside'],
    ['schema', 'schema'],
  ],
  validate: [
    ['issues', 'issues'],
    ['counts', 'counts and checksums'],
  ],
};

type Target = { href: string; label: string; where?: string };

/** Ctrl K: every place that can be gone to from here. */
export function Palette({ route, opened, onClose }: { route: Route; opened: boolean; onClose: () => void }) {
  return (
    <Dialog opened={opened} onClose={onClose} size={460} label="Go to">
      <Choices route={route} onClose={onClose} />
    </Dialog>
  );
}

function Choices({ route, onClose }: { route: Route; onClose: () => void }) {
  const id = useId();
  const { query } = useRpc();
  const recent = useQuery(query.bundle.recent.queryOptions());
  const format = useFormat();
  const [text, setText] = useState('');
  const [at, setAt] = useState(0);
  const targets: Target[] = [
    ...screenNames.flatMap((screen) => {
      const href = placeHref(route.place, screen);
      const title = screenTitles[screen];
      const views = route.place.kind === 'run' ? (subViews[screen] ?? []) : [];
      return href
        ? [
            { href, label: title },
            ...views.map(([variant, label]) => ({
              href: placeHref(route.place, screen, variant) ?? href,
              label: `${title}: ${label}`,
            })),
          ]
        : [];
    }),
    { href: plainHref('settings', 'keys'), label: 'Keyboard map' },
    { href: plainHref('home', 'open'), label: 'Open a bundle…' },
    ...(recent.data ?? [])
      .filter((bundle) => bundle.exists)
      .map((bundle) => ({
        href: bundleHref(bundle.path, 'profile'),
        label: `Bundle ${bundle.name}`,
        where: format.path(bundle.path),
      })),
  ];
  const hits = targets.filter((target) =>
    `${target.label} ${target.where ?? ''}`.toLowerCase().includes(text.trim().toLowerCase()),
  );
  const chosen = Math.min(at, hits.length - 1);
  const go = (target: Target | undefined) => {
    if (!target) return;
    onClose();
    navigate(target.href);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      go(hits[chosen]);
      return;
    }
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
    event.preventDefault();
    setAt(rowForKey(event.key, chosen, hits.length, 8) ?? 0);
  };
  return (
    <>
      <TextInput
        data-autofocus
        role="combobox"
        aria-label="Screen or bundle"
        aria-expanded
        aria-controls={id}
        aria-activedescendant={hits.length ? `${id}-${chosen}` : undefined}
        placeholder="Screen or bundle"
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value);
          setAt(0);
        }}
        onKeyDown={onKeyDown}
      />
      <div className="scroll" role="listbox" id={id} aria-label="Places" style={{ maxHeight: 340, marginTop: 8 }}>
        {hits.map((target, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the combobox above handles the keys
          // biome-ignore lint/a11y/useFocusableInteractive: the combobox names its active option
          <div
            key={target.href}
            id={`${id}-${index}`}
            role="option"
            className="li"
            aria-selected={index === chosen}
            style={{ padding: '6px 8px' }}
            onClick={() => go(target)}
          >
            <span className="row">
              <span className="nw">{target.label}</span>
              {target.where ? (
                <span className="c12 t3" style={{ display: 'flex', minWidth: 0, marginLeft: 'auto' }}>
                  <MiddleEllipsis text={target.where} tail={18} />
                </span>
              ) : null}
            </span>
          </div>
        ))}
      </div>
      {hits.length === 0 ? <p className="hint">Nothing here is called that.</p> : null}
    </>
  );
}
