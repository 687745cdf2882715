import { chmodSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Failpoints } from '../../../platform/failpoints.ts';
import { JournalDatabase } from './database.ts';
import { EventStore } from './events.ts';
import { FindingStore } from './findings.ts';
import { BundleStore, PointStore } from './points.ts';
import { RunStore } from './runs.ts';
import { WorkStore } from './work.ts';

/**
 * The journal: what was decided, fsynced before it is acted on. About what is committed the target is the truth, and the
 * journal is reconciled from it, never the reverse. The file is 0600: quarantine is production data.
 */
export class Journal {
  readonly db: JournalDatabase;
  readonly runs: RunStore;
  readonly work: WorkStore;
  readonly findings: FindingStore;
  readonly events: EventStore;
  readonly points: PointStore;
  readonly bundles: BundleStore;

  constructor(db: JournalDatabase) {
    this.db = db;
    this.runs = new RunStore(db);
    this.work = new WorkStore(db);
    this.findings = new FindingStore(db);
    this.events = new EventStore(db);
    this.points = new PointStore(db);
    this.bundles = new BundleStore(db);
  }

  /** Opens or creates the journal; one of a newer version is refused with advice. */
  static open(file: string, failpoints: Failpoints): Journal {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    const db = new JournalDatabase(file, failpoints);
    chmodSync(file, 0o600);
    return new Journal(db);
  }

  close(): void {
    this.db.close();
  }
}
