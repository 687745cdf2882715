import { createContext, type ReactNode, useContext, useMemo } from 'react';
import { createFormat, type Format, type FormatSettings } from './format.ts';

const defaults: FormatSettings = { numberFormat: '1,234,567.8', timeZone: 'local' };
const FormatContext = createContext<Format>(createFormat(defaults));

type Props = { settings: FormatSettings | undefined; account?: string | undefined; children: ReactNode };

export function FormatProvider({ settings, account, children }: Props) {
  const { numberFormat, timeZone } = settings ?? defaults;
  const format = useMemo(() => createFormat({ numberFormat, timeZone, account }), [numberFormat, timeZone, account]);
  return <FormatContext.Provider value={format}>{children}</FormatContext.Provider>;
}

/** Figures and times as the operator set them. */
export function useFormat(): Format {
  return useContext(FormatContext);
}
