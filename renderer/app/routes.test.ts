import { describe, expect, it } from 'vitest';
import { bundleHref, parseRoute, placeHref, runHref } from './routes.ts';

describe('addresses', () => {
  it('carry paths of both kinds of machine', () => {
    for (const path of ['/srv/a b/ü#?', 'C:\\ops\\bundle', '/ends/with/%2F']) {
      expect(parseRoute(bundleHref(path, 'connections', 'legacy'))).toEqual({
        place: { kind: 'bundle', path },
        screen: 'connections',
        variant: 'legacy',
        rest: [],
      });
    }
  });

  it('name a run, a screen, a sub-view and what follows', () => {
    expect(parseRoute(runHref('r-1', 'history', 'compare', 'r-1', 'r-2'))).toEqual({
      place: { kind: 'run', runId: 'r-1' },
      screen: 'history',
      variant: 'compare',
      rest: ['r-1', 'r-2'],
    });
  });

  it('lead home when they mean nothing, or when a screen needs a run', () => {
    for (const hash of ['', '#/', '#/nonsense', '#/execute', '#/bundle', '#/run/r-1/nonsense', '#/%E0%A4%A']) {
      expect(parseRoute(hash)).toMatchObject({ place: { kind: 'none' }, screen: 'home' });
    }
  });

  it('offer only what can be gone to from a place', () => {
    const bundle = { kind: 'bundle', path: '/b' } as const;
    expect(placeHref(bundle, 'profile')).toBe('#/bundle/%2Fb/profile');
    expect(placeHref(bundle, 'execute')).toBeNull();
    expect(placeHref({ kind: 'none' }, 'plan')).toBeNull();
    expect(placeHref({ kind: 'none' }, 'settings', 'keys')).toBe('#/settings/keys');
    expect(placeHref({ kind: 'run', runId: 'r-1' }, 'settings')).toBe('#/run/r-1/settings');
  });
});
