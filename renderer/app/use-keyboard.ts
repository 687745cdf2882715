import { useEffect, useRef } from 'react';
import { navigate } from '../ui/navigate.ts';
import { phaseScreens, placeHref, plainHref, type Route } from './routes.ts';

type Actions = { route: Route; toggleTheme: () => void; togglePalette: () => void };

/** The keys that mean the same on every screen (UI.md, section 9). Single keys are off while typing. On macOS Cmd for Ctrl. */
export function useKeyboard(actions: Actions): void {
  const latest = useRef(actions);
  latest.current = actions;
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing) return;
      if (handle(event, latest.current)) event.preventDefault();
    };
    addEventListener('keydown', onKeyDown);
    return () => removeEventListener('keydown', onKeyDown);
  }, []);
}

function handle(event: KeyboardEvent, { route, toggleTheme, togglePalette }: Actions): boolean {
  const mod = event.ctrlKey || event.metaKey;
  const key = event.key.toLowerCase();
  if (mod && key === 'enter') return pressPrimary();
  if (mod && key === 'k') {
    togglePalette();
    return true;
  }
  if (mod && event.shiftKey && key === 'l') {
    toggleTheme();
    return true;
  }
  if (event.key === 'F6') return moveToRegion(event.shiftKey ? -1 : 1);
  if (openDialog()) return false;
  if (mod && key === 'o') {
    navigate(plainHref('home', 'open'));
    return true;
  }
  // The physical digit: with Alt some layouts give another character.
  const digit = event.altKey && !mod ? /^Digit([1-8])$/.exec(event.code)?.[1] : undefined;
  if (digit) return goToPhase(route, Number(digit));
  if (mod || event.altKey || isTyping(event.target)) return false;
  if (event.key === '/') return focusSearch();
  if (event.key === '?') {
    navigate(placeHref(route.place, 'settings', 'keys') ?? plainHref('settings', 'keys'));
    return true;
  }
  return false;
}

function openDialog(): Element | null {
  return document.querySelector('[role="dialog"][aria-modal="true"]');
}

/** Presses the one primary button. A closed one stays closed: a missing consent is never passed. */
function pressPrimary(): boolean {
  const scope: ParentNode = openDialog() ?? document;
  const primary = scope.querySelector<HTMLButtonElement>('[data-primary]');
  if (!primary || primary.disabled || primary.dataset.disabled) return false;
  primary.click();
  return true;
}

function goToPhase(route: Route, number: number): boolean {
  const screen = phaseScreens[number - 1];
  const href = screen ? placeHref(route.place, screen) : null;
  if (!href) return false;
  navigate(href);
  return true;
}

function focusSearch(): boolean {
  const search = document.querySelector<HTMLInputElement>('[data-search]');
  search?.focus();
  search?.select();
  return search !== null;
}

function moveToRegion(direction: 1 | -1): boolean {
  if (openDialog()) return false;
  const regions = ['.head', '.rail', 'main', '.pin', '.foot']
    .map((selector) => document.querySelector<HTMLElement>(selector))
    .filter((region) => region !== null);
  const at = regions.findIndex((region) => region.contains(document.activeElement));
  for (let step = 1; step <= regions.length; step += 1) {
    const index = at < 0 ? (direction === 1 ? step - 1 : regions.length - step) : at + direction * step;
    const region = regions.at(((index % regions.length) + regions.length) % regions.length);
    const target = region?.matches('main')
      ? region
      : region?.querySelector<HTMLElement>('a[href], button:not(:disabled), input:not(:disabled)');
    if (!target) continue;
    target.focus();
    return true;
  }
  return false;
}

export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement)
    return true;
  return target instanceof HTMLInputElement && !['checkbox', 'radio', 'button', 'range'].includes(target.type);
}
