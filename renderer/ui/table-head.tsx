/** A column: its name, or with more to say. */
export type Head =
  | string
  | {
      readonly name: string;
      /** Figures, right-aligned. */
      readonly numeric?: boolean;
      readonly width?: number | string;
      /** Read out, not shown: the column explains itself to the eye. */
      readonly unseen?: boolean;
    };

/** Names of the columns of a native table. */
export function TableHead({ heads }: { heads: readonly Head[] }) {
  return (
    <thead>
      <tr>
        {heads.map((head) => {
          const { name, numeric, width, unseen } =
            typeof head === 'string' ? { name: head, numeric: false, width: undefined, unseen: false } : head;
          return (
            <th
              key={name}
              scope="col"
              className={numeric ? 'num' : undefined}
              style={width === undefined ? undefined : { width }}
            >
              {unseen ? <span className="vh">{name}</span> : name}
            </th>
          );
        })}
      </tr>
    </thead>
  );
}
