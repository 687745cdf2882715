import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

export type Bounds = { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
export type WindowState = { readonly bounds: Bounds | null; readonly maximized: boolean };

const fallback: WindowState = { bounds: null, maximized: false };

/** Where the window was. What cannot be read, or lies on no display that is there now, is forgotten. */
export function readWindowState(file: string, displays: readonly Bounds[]): WindowState {
  let raw: unknown;
  try {
    raw = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return fallback;
  }
  if (typeof raw !== 'object' || raw === null) return fallback;
  const { bounds, maximized } = raw as { bounds?: unknown; maximized?: unknown };
  const usable = isBounds(bounds) && displays.some((display) => overlap(bounds, display) >= 100 * 100);
  return { bounds: usable ? bounds : null, maximized: maximized === true };
}

/** Replaces the file as a whole. A window that is not remembered is no reason to fail. */
export function writeWindowState(file: string, state: WindowState): void {
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(`${file}.new`, JSON.stringify(state));
    renameSync(`${file}.new`, file);
  } catch {
    return;
  }
}

function isBounds(value: unknown): value is Bounds {
  if (typeof value !== 'object' || value === null) return false;
  const all = ['x', 'y', 'width', 'height'].map((key) => (value as Record<string, unknown>)[key]);
  return all.every((one) => Number.isInteger(one)) && (all[2] as number) > 0 && (all[3] as number) > 0;
}

function overlap(a: Bounds, b: Bounds): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  return width > 0 && height > 0 ? width * height : 0;
}
