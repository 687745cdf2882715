import type { RunSnapshot } from '#shared/contract/run.ts';
import type { Settings } from '#shared/contract/system.ts';
import type { HostBridge } from '../../engine/services/host-bridge.ts';
import type { Engine } from '../../engine/services/index.ts';

/** When the screens say it, too. */
const windowWarningMs = 30 * 60_000;
const windowCheckMs = 30_000;

export type Activity = { readonly runs: number; readonly continueWhenClosed: boolean };
type Attended = Pick<Engine, 'activeRuns'> & {
  readonly services: {
    readonly system: Pick<Engine['services']['system'], 'settings'>;
    readonly run: Pick<Engine['services']['run'], 'snapshot'>;
  };
};

/**
 * What the desktop does beside the runs that are at work, as the settings have it: it keeps the machine awake, notifies, and
 * knows whether closing the window must ask. Looks when `look` is called; each thing is told once.
 */
export class Attendant {
  readonly #engine: Attended;
  readonly #host: Pick<HostBridge, 'keepAwake' | 'notify'>;
  readonly #tell: (activity: Activity) => void;
  readonly #now: () => number;
  readonly #atWork = new Map<string, string>();
  readonly #warned = new Set<string>();
  #told = '';
  #awake = false;
  #windowCheckedAt = Number.NEGATIVE_INFINITY;

  constructor(
    engine: Attended,
    host: Pick<HostBridge, 'keepAwake' | 'notify'>,
    tell: (activity: Activity) => void,
    now: () => number = Date.now,
  ) {
    this.#engine = engine;
    this.#host = host;
    this.#tell = tell;
    this.#now = now;
  }

  async look(): Promise<void> {
    const active = new Map(this.#engine.activeRuns().map(({ runId, phase }) => [runId, phase]));
    const settings = await this.#engine.services.system.settings(undefined, {});
    this.#tellActivity(active.size, settings);
    await this.#keepAwake(active.size > 0 && settings.keepAwake);
    const ended = [...this.#atWork].filter(([runId, phase]) => active.get(runId) !== phase);
    this.#atWork.clear();
    for (const [runId, phase] of active) this.#atWork.set(runId, phase);
    for (const [runId, phase] of ended) await this.#phaseEnded(runId, phase, settings);
    if (settings.notifyWindow) await this.#checkWindows([...active.keys()]);
  }

  #tellActivity(runs: number, { continueWhenClosed }: Settings): void {
    const now = `${runs} ${continueWhenClosed}`;
    if (now !== this.#told) this.#tell({ runs, continueWhenClosed });
    this.#told = now;
  }

  async #keepAwake(on: boolean): Promise<void> {
    if (on === this.#awake) return;
    this.#awake = on;
    await this.#host.keepAwake(on);
  }

  async #phaseEnded(runId: string, phase: string, settings: Settings): Promise<void> {
    const snapshot = await this.#engine.services.run.snapshot({ runId }, {});
    const stopped = stopWords(snapshot);
    const name = phase.replace('_', ' ');
    if (stopped !== null && settings.notifyStops)
      await this.#host.notify({ title: `Overland: ${name} stopped`, body: stopped });
    else if (stopped === null && settings.notifyPhases) {
      await this.#host.notify({ title: `Overland: ${name} has ended`, body: `Run ${runId}` });
    }
  }

  async #checkWindows(runs: readonly string[]): Promise<void> {
    if (runs.length === 0 || this.#now() - this.#windowCheckedAt < windowCheckMs) return;
    this.#windowCheckedAt = this.#now();
    for (const runId of runs.filter((id) => !this.#warned.has(id))) {
      const { window } = await this.#engine.services.run.snapshot({ runId }, {});
      if (!window) continue;
      const left = Date.parse(window.closes) - this.#now();
      if (left > windowWarningMs) continue;
      this.#warned.add(runId);
      const minutes = Math.max(0, Math.floor(left / 60_000));
      const body = `Run ${runId}: ${minutes} min of the maintenance window are left.`;
      await this.#host.notify({ title: 'Overland: the window closes', body });
    }
  }
}

/** Why a person should look; null when the phase ended well. */
function stopWords(snapshot: RunSnapshot): string | null {
  if (snapshot.refused) return 'It was refused before anything was written.';
  if (snapshot.criterion) return snapshot.criterion.words;
  if (snapshot.failure) return snapshot.failure.message;
  return snapshot.condition === 'failed' ? `Run ${snapshot.runId}` : null;
}
