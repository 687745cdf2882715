import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { Interruption } from './interruption.ts';

const never = new Promise<never>(() => undefined);

it('gives the value, or the failure that comes first', async () => {
  const interruption = new Interruption();
  expect(await interruption.until(Promise.resolve(1))).toBe(1);
  await expect(interruption.until(Promise.reject(new Error('its own')))).rejects.toThrow('its own');
  const waiting = interruption.until(never);
  interruption.raise(new Error('first'));
  interruption.raise(new Error('second'));
  await expect(waiting).rejects.toThrow('first');
  await expect(interruption.until(never)).rejects.toThrow('first');
  expect(interruption.error?.message).toBe('first');
  expect(() => interruption.throwIfRaised()).toThrow('first');
});

it('keeps nothing of what was waited for', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const interruption = new Interruption();
  const given: WeakRef<object>[] = [];
  for (let index = 0; index < 50; index += 1) {
    const value = { index };
    given.push(new WeakRef(value));
    await interruption.until(Promise.resolve(value));
  }
  await interruption.until(Promise.resolve(null));
  await new Promise((resolve) => setTimeout(resolve));
  collect();
  // The last one may still lie on the stack.
  expect(given.filter((one) => one.deref() !== undefined).length).toBeLessThan(3);
});
