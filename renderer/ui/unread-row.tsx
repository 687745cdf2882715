/** A row of a list that is on its way. */
export function UnreadRow() {
  return (
    <span>
      <span className="vh">Being read</span>
      <span className="sk" style={{ width: 240 }} />
    </span>
  );
}
