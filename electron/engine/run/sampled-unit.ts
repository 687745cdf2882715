import type { Bounds } from '../../drivers/relational.ts';
import type { UnitWork } from '../steps/step-kind.ts';

/** The unit cut to its first bounds that hold `records` records, where a part of it makes sense: for a dry run of a sample. */
export function sampledUnit(unit: UnitWork, records: number): UnitWork {
  if (unit.whole) return unit;
  const bounds = async function* (signal: AbortSignal): AsyncGenerator<Bounds> {
    let taken = 0;
    for await (const one of unit.bounds(signal)) {
      if (taken >= records) return;
      taken += one.records;
      yield one;
    }
  };
  return new Proxy(unit, {
    get(target, name) {
      if (name === 'bounds') return bounds;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
