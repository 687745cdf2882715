import { useEffect } from 'react';
import { useMigration } from '../profiles/use-migration.ts';
import { screenTitles } from './phase-names.ts';
import type { Route } from './routes.ts';

/** Names the window by screen and bundle, so that it is found among others. */
export function useDocumentTitle(route: Route): void {
  const { header, bundle } = useMigration();
  const id = header?.bundleId ?? bundle?.id;
  useEffect(() => {
    document.title = [screenTitles[route.screen], id, 'Overland'].filter(Boolean).join(' - ');
  }, [route.screen, id]);
}
