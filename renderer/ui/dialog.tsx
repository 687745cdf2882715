import { Modal } from '@mantine/core';
import { type ReactNode, useEffect, useRef } from 'react';

type Props = {
  opened: boolean;
  onClose: () => void;
  /** Heading and accessible name. */
  label: string;
  /** Width in px. */
  size?: number | undefined;
  children: ReactNode;
};

/**
 * A dialog without Mantine's own `<header>`, which would be a second banner landmark.
 * Give `data-autofocus` to the harmless button; Esc closes and nothing happens.
 */
export function Dialog({ opened, onClose, label, size = 540, children }: Props) {
  useFocusBack(opened);
  return (
    <Modal.Root opened={opened} onClose={onClose} size={size} centered radius="md" transitionProps={{ duration: 0 }}>
      <Modal.Overlay backgroundOpacity={0.45} />
      <Modal.Content aria-label={label}>
        <Modal.Body>
          <h2>{label}</h2>
          {children}
        </Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}

/** Gives the focus back to what had it, also when the dialog is taken out of the page instead of being closed. */
function useFocusBack(opened: boolean): void {
  const before = useRef<Element | null>(null);
  // While rendering: when effects run, the focus is in the dialog already.
  if (opened && !before.current) before.current = document.activeElement;
  useEffect(() => {
    if (!opened) return;
    return () => {
      const element = before.current;
      before.current = null;
      if (document.activeElement === document.body && element instanceof HTMLElement) element.focus();
    };
  }, [opened]);
}

/** Buttons at the end of a dialog, the harmless one first. */
export function DialogActions({ children }: { children: ReactNode }) {
  return (
    <div className="row" style={{ justifyContent: 'flex-end', marginTop: 18 }}>
      {children}
    </div>
  );
}
