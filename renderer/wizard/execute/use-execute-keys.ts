import { useEffect } from 'react';
import { isTyping } from '../../app/use-keyboard.ts';

export type ExecuteKeys = {
  /** P: pause after this chunk, or resume. */
  readonly pauseOrResume: (() => void) | null;
  /** E: the next filter of the event log. */
  readonly nextFilter: () => void;
  /** Ctrl . (Cmd . on macOS): asks whether to cancel. */
  readonly cancel: (() => void) | null;
};

/** The keys of this screen. Single keys are off while typing and while a dialog is open. */
export function useExecuteKeys({ pauseOrResume, nextFilter, cancel }: ExecuteKeys): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const command = event.ctrlKey || event.metaKey;
      if (document.querySelector('[role="dialog"]')) return;
      if (command && event.key === '.') {
        event.preventDefault();
        cancel?.();
        return;
      }
      if (command || event.altKey || event.repeat || isTyping(event.target)) return;
      const key = event.key.toLowerCase();
      if (key === 'p') pauseOrResume?.();
      if (key === 'e') nextFilter();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, [pauseOrResume, nextFilter, cancel]);
}
