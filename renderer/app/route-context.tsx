import { createContext, type ReactNode, useContext, useEffect, useState } from 'react';
import { parseRoute, type Route } from './routes.ts';

const RouteContext = createContext<Route>(parseRoute(''));

/** Follows the address of the window. */
export function RouteProvider({ children }: { children: ReactNode }) {
  const [route, setRoute] = useState(() => parseRoute(location.hash));
  useEffect(() => {
    const follow = () => setRoute(parseRoute(location.hash));
    follow();
    addEventListener('hashchange', follow);
    return () => removeEventListener('hashchange', follow);
  }, []);
  return <RouteContext.Provider value={route}>{children}</RouteContext.Provider>;
}

export function useRoute(): Route {
  return useContext(RouteContext);
}

/** The run that the address names. Only for screens that stand within a run. */
export function useRunId(): string {
  const { place } = useRoute();
  if (place.kind !== 'run') throw new Error('This screen stands within a run');
  return place.runId;
}
