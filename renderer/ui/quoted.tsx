import { Fragment } from 'react';

/** Words of the engine: what stands between backticks is a name and is set as one. */
export function Quoted({ text }: { text: string }) {
  return text.split('`').map((part, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: the parts are the text in order and have no other identity
    <Fragment key={index}>{index % 2 === 1 ? <code>{part}</code> : part}</Fragment>
  ));
}
