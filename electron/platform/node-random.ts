import { randomInt } from 'node:crypto';
import type { Random } from './environment.ts';

const letters = 'abcdefghijklmnopqrstuvwxyz0123456789';

export const nodeRandom: Random = {
  id: (length) => Array.from({ length }, () => letters[randomInt(letters.length)]).join(''),
};
