/** Known to Node and to browsers alike; the zone has the library of neither. */
interface AbortSignal {
  readonly aborted: boolean;
}
