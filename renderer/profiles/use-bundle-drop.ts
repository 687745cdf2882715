import { useEffect, useRef, useState } from 'react';
import type { OverlandClient } from '#shared/contract/index.ts';
import { readDroppedBundle } from './dropped-files.ts';

type Options = {
  api: OverlandClient;
  /** On the desktop the preload posts the path; in a browser only the contents are to be had. */
  desktop: boolean;
  onPath: (path: string) => void;
  onError: (error: unknown) => void;
};

/** Takes a bundle that is dropped anywhere on the window. True while something is dragged over it. */
export function useBundleDrop(options: Options): boolean {
  const latest = useRef(options);
  latest.current = options;
  const [over, setOver] = useState(false);
  useEffect(() => {
    let depth = 0;
    const holdsFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false;
    const onEnter = (event: DragEvent) => {
      if (!holdsFiles(event)) return;
      depth += 1;
      setOver(true);
    };
    const onLeave = () => {
      depth = Math.max(0, depth - 1);
      if (depth === 0) setOver(false);
    };
    const onOver = (event: DragEvent) => {
      if (holdsFiles(event)) event.preventDefault();
    };
    const onDrop = (event: DragEvent) => {
      depth = 0;
      setOver(false);
      if (!holdsFiles(event) || !event.dataTransfer) return;
      event.preventDefault();
      const { api, desktop, onPath, onError } = latest.current;
      if (desktop) return;
      readDroppedBundle(event.dataTransfer)
        .then((received) => api.bundle.receive(received))
        .then(({ path }) => onPath(path), onError);
    };
    const onMessage = (event: MessageEvent) => {
      if (event.source !== window || event.data?.kind !== 'overland-drop') return;
      const [path] = Array.isArray(event.data.paths) ? event.data.paths : [];
      if (typeof path === 'string') latest.current.onPath(path);
    };
    addEventListener('dragenter', onEnter);
    addEventListener('dragleave', onLeave);
    addEventListener('dragover', onOver);
    addEventListener('drop', onDrop);
    addEventListener('message', onMessage);
    return () => {
      removeEventListener('dragenter', onEnter);
      removeEventListener('dragleave', onLeave);
      removeEventListener('dragover', onOver);
      removeEventListener('drop', onDrop);
      removeEventListener('message', onMessage);
    };
  }, []);
  return over;
}
