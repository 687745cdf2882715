import { Button } from '@mantine/core';
import type { BundleView } from '#shared/contract/bundle.ts';
import { CopyButton } from '../../ui/copy-button.tsx';
import { Dialog, DialogActions } from '../../ui/dialog.tsx';
import { useFormat } from '../../ui/format/format-context.tsx';

/** The text of profile.toml, to read. */
export function SourceDialog({
  bundle,
  opened,
  onClose,
}: {
  bundle: BundleView;
  opened: boolean;
  onClose: () => void;
}) {
  const format = useFormat();
  return (
    <Dialog opened={opened} onClose={onClose} label={`${format.path(bundle.path)}/profile.toml`} size={860}>
      <pre className="code" tabIndex={0} style={{ maxHeight: '62vh' }}>
        {bundle.source}
      </pre>
      <DialogActions>
        <CopyButton text={bundle.source} variant="quiet" />
        <Button onClick={onClose} data-autofocus>
          Close
        </Button>
      </DialogActions>
    </Dialog>
  );
}
