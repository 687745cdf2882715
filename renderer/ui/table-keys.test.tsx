// @vitest-environment jsdom
import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, expect, it, vi } from 'vitest';
import { onTableKey } from './table-keys.ts';

afterEach(cleanup);

function show(row: React.ReactNode = null) {
  return render(
    <main onKeyDown={onTableKey}>
      <section className="scroll" aria-label="Steps" tabIndex={0}>
        <table className="tbl">
          <tbody>
            <tr>
              <td>model</td>
              <td>18</td>
            </tr>
            <tr>
              <td>subtasks</td>
              <td>63,789</td>
            </tr>
            {row}
          </tbody>
        </table>
      </section>
    </main>,
  );
}

const press = (key: string, more = {}) => fireEvent.keyDown(document.activeElement as Element, { key, ...more });

it('moves along the rows, stays at both ends, and copies the row', () => {
  const writeText = vi.fn(async (_text: string) => undefined);
  Object.defineProperty(navigator, 'clipboard', { value: { writeText }, configurable: true });
  // jsdom lays nothing out and so knows no innerText.
  Object.defineProperty(HTMLElement.prototype, 'innerText', { get: (): string => 'x', configurable: true });
  show();
  screen.getByRole('region', { name: 'Steps' }).focus();
  press('ArrowDown');
  expect(document.activeElement?.textContent).toBe('model18');
  press('End');
  press('ArrowDown');
  expect(document.activeElement?.textContent).toBe('subtasks63,789');
  press('c', { ctrlKey: true });
  expect(writeText).toHaveBeenCalledWith('x\tx');
  press('Home');
  expect(document.activeElement?.textContent).toBe('model18');
});

it('leaves tables with keys of their own alone', () => {
  show(
    <tr className="click" tabIndex={0}>
      <td>chosen</td>
    </tr>,
  );
  const region = screen.getByRole('region', { name: 'Steps' });
  region.focus();
  press('ArrowDown');
  expect(document.activeElement).toBe(region);
});
