/** Addresses inside the window. Everything that can be left and come back to has one. */
export const screenNames = [
  'home',
  'profile',
  'connections',
  'plan',
  'backup',
  'dry-run',
  'execute',
  'validate',
  'finish',
  'rollback',
  'quarantine',
  'history',
  'settings',
] as const;
export type ScreenName = (typeof screenNames)[number];

/** The eight phases of the rail, in order; Alt 1 to 8. */
export const phaseScreens = [
  'profile',
  'connections',
  'plan',
  'backup',
  'dry-run',
  'execute',
  'validate',
  'finish',
] as const satisfies readonly ScreenName[];
export type PhaseScreen = (typeof phaseScreens)[number];

/** What the screen is about: nothing in particular, a bundle that has no run yet, or a run. */
export type Place =
  | { readonly kind: 'none' }
  | { readonly kind: 'bundle'; readonly path: string }
  | { readonly kind: 'run'; readonly runId: string };

export type Route = {
  readonly place: Place;
  readonly screen: ScreenName;
  /** Sub-view such as the tab; empty for the first. */
  readonly variant: string;
  /** What follows the variant, for example two run ids to compare. */
  readonly rest: readonly string[];
};

const nowhere: Place = { kind: 'none' };
const homeRoute: Route = { place: nowhere, screen: 'home', variant: '', rest: [] };

/** Reads an address such as `#/run/r-20261120-0204-k7qm/plan/graph`; what means nothing leads home. */
export function parseRoute(hash: string): Route {
  const parts = hash
    .replace(/^#?\/?/, '')
    .split('/')
    .map(decode);
  const [first, second] = parts;
  if (first === 'bundle' && second) return at({ kind: 'bundle', path: second }, parts.slice(2), 'profile');
  if (first === 'run' && second) return at({ kind: 'run', runId: second }, parts.slice(2), 'plan');
  return at(nowhere, parts, 'home');
}

function at(place: Place, parts: readonly string[], first: ScreenName): Route {
  const [name = '', variant = '', ...rest] = parts;
  const screen = name === '' ? first : screenNames.find((known) => known === name);
  if (!screen || (place.kind === 'none' && needsPlace(screen))) return homeRoute;
  return { place, screen, variant, rest };
}

function needsPlace(screen: ScreenName): boolean {
  return screen !== 'home' && screen !== 'history' && screen !== 'settings';
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function address(parts: readonly string[]): string {
  return `#/${parts
    .filter((part) => part !== '')
    .map(encodeURIComponent)
    .join('/')}`;
}

export const homeHref = '#/home';

/** `#/history`, `#/history/compare/A/B`, `#/settings/keys` */
export function plainHref(screen: 'home' | 'history' | 'settings', ...rest: readonly string[]): string {
  return address([screen, ...rest]);
}

/** Profile and Connections of a bundle without a run. */
export function bundleHref(path: string, screen: 'profile' | 'connections', variant = ''): string {
  return address(['bundle', path, screen, variant]);
}

/** Any screen of a run. */
export function runHref(runId: string, screen: ScreenName, ...rest: readonly string[]): string {
  return address(['run', runId, screen, ...rest]);
}

/** A screen in the place where the operator is; null where it needs a run and there is none. */
export function placeHref(place: Place, screen: ScreenName, variant = ''): string | null {
  if (place.kind === 'run') return runHref(place.runId, screen, variant);
  if (place.kind === 'bundle' && (screen === 'profile' || screen === 'connections')) {
    return bundleHref(place.path, screen, variant);
  }
  return needsPlace(screen) ? null : address([screen, variant]);
}
