import { NativeSelect } from '@mantine/core';
import { useFormat } from '../../ui/format/format-context.tsx';

type Props = { readonly value: number | null; readonly onChange: (records: number | null) => void };

const sizes = [100_000, 10_000, 1_000] as const;

/** How much is rehearsed: all records, or the first of each step where all would take too long. */
export function SampleSize({ value, onChange }: Props) {
  const format = useFormat();
  return (
    <NativeSelect
      w={158}
      aria-label="Records that are rehearsed"
      value={String(value ?? '')}
      onChange={(event) => onChange(event.currentTarget.value === '' ? null : Number(event.currentTarget.value))}
      data={[
        { value: '', label: 'on all records' },
        ...sizes.map((size) => ({ value: String(size), label: `on ${format.number(size)} a step` })),
      ]}
    />
  );
}
