import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readWindowState, writeWindowState } from './window-state.ts';

const display = { x: 0, y: 0, width: 1920, height: 1080 };
const bounds = { x: 10, y: 20, width: 1280, height: 800 };
let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'overland-window-'));
  file = join(folder, 'deeper', 'window-state.json');
});
afterEach(() => rmSync(folder, { recursive: true }));

it('remembers place and size', () => {
  writeWindowState(file, { bounds, maximized: true });
  expect(readWindowState(file, [display])).toEqual({ bounds, maximized: true });
});

it('forgets a place on a display that is gone', () => {
  writeWindowState(file, { bounds: { ...bounds, x: 4000 }, maximized: false });
  expect(readWindowState(file, [display])).toEqual({ bounds: null, maximized: false });
});

it.each(['', 'null', '[]', '{"bounds":{"x":"a"}}', '{"bounds":{"x":0,"y":0,"width":-1,"height":5}}'])(
  'reads %s as nothing',
  (text) => {
    writeWindowState(file, { bounds, maximized: false });
    writeFileSync(file, text);
    expect(readWindowState(file, [display])).toEqual({ bounds: null, maximized: false });
  },
);
