import {
  IconArchive,
  IconDatabase,
  IconFileCode,
  IconFiles,
  IconTableColumn,
  IconTerminal2,
  IconVector,
} from '@tabler/icons-react';

export const kindIcons = {
  schema: IconTableColumn,
  records: IconDatabase,
  config: IconFileCode,
  files: IconFiles,
  vectors: IconVector,
  archive: IconArchive,
  command: IconTerminal2,
} as const;

export function KindIcon({ kind }: { kind: keyof typeof kindIcons }) {
  const Icon = kindIcons[kind];
  return (
    <span className="clip" title={`${kind} step`}>
      <Icon size={15} stroke={1.75} aria-hidden />
    </span>
  );
}
