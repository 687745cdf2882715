import type { Row } from '#shared/model/value.ts';
import type { Fault } from './frame.ts';
import type { MappedBlock, MappingReject } from './mapping-types.ts';
import { sentence } from './sentence.ts';

/** What one block of records became so far. A record that is set aside late takes back what it gave. */
export class Block {
  readonly outputs: readonly OutputRows[];
  readonly #keyText: (record: number) => string;
  readonly #rejects: MappingReject[] = [];
  #filtered = 0;
  #rejected = 0;

  constructor(tables: readonly string[], keyText: (record: number) => string) {
    this.outputs = tables.map((table) => new OutputRows(table));
    this.#keyText = keyText;
  }

  filter(): void {
    this.#filtered += 1;
  }

  /** Sets the whole record aside: its rows and items are taken back, one reject stands for them. */
  rejectRecord(record: number, fault: Fault): void {
    for (const output of this.outputs) output.takeBack(record);
    while (this.#rejects.at(-1)?.record === record) this.#rejects.pop();
    this.#rejected += 1;
    this.#push(record, null, null, fault);
  }

  /** Sets one row of an output aside; `item` is its position in a fan-out. The record goes on. */
  rejectRow(record: number, output: number, item: number | null, fault: Fault): void {
    const rows = this.outputs[output];
    if (!rows) return;
    rows.reject(record);
    this.#push(record, rows.table, item, fault);
  }

  result(read: number): MappedBlock {
    const outputs: Record<
      string,
      { emitted: number; inserted: number; updated: number; same: number; rejected: number }
    > = {};
    for (const output of this.outputs) {
      const { rejected, repeated } = output;
      const emitted = output.rows.length + rejected + repeated;
      outputs[output.table] = { emitted, inserted: 0, updated: 0, same: repeated, rejected };
    }
    return {
      outputs: this.outputs.map(({ rows, records }) => ({ rows, records })),
      rejects: this.#rejects,
      counts: {
        read,
        filtered: this.#filtered,
        rejected: this.#rejected,
        accepted: read - this.#filtered - this.#rejected,
        outputs,
      },
    };
  }

  #push(record: number, output: string | null, item: number | null, fault: Fault): void {
    const { code, message, column, rule } = fault;
    this.#rejects.push({
      key: this.#keyText(record),
      item,
      output,
      code,
      message: sentence(message),
      column,
      record,
      rule,
    });
  }
}

/** Rows of one output, with the record that each came from. */
export class OutputRows {
  readonly table: string;
  readonly rows: Row[] = [];
  readonly records: number[] = [];
  rejected = 0;
  repeated = 0;
  // What the record at hand added, so that it can be taken back.
  #record = -1;
  #rejectedNow = 0;
  #repeatedNow = 0;

  constructor(table: string) {
    this.table = table;
  }

  add(record: number, row: Row): void {
    this.rows.push(row);
    this.records.push(record);
  }

  reject(record: number): void {
    this.#turnTo(record);
    this.rejected += 1;
    this.#rejectedNow += 1;
  }

  repeat(record: number): void {
    this.#turnTo(record);
    this.repeated += 1;
    this.#repeatedNow += 1;
  }

  takeBack(record: number): void {
    this.#turnTo(record);
    this.rejected -= this.#rejectedNow;
    this.repeated -= this.#repeatedNow;
    this.#rejectedNow = 0;
    this.#repeatedNow = 0;
    while (this.records.at(-1) === record) {
      this.records.pop();
      this.rows.pop();
    }
  }

  #turnTo(record: number): void {
    if (this.#record === record) return;
    this.#record = record;
    this.#rejectedNow = 0;
    this.#repeatedNow = 0;
  }
}
