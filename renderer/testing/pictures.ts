import { aroundRun } from './states/around-run.ts';
import { beforeRun } from './states/before-run.ts';
import { ofRun } from './states/of-run.ts';
import type { PictureState } from './states/state.ts';

/** Every picture of the wizard by name. A screen's states stand in a file of their own under states/. */
export const pictures: Readonly<Record<string, PictureState>> = { ...beforeRun, ...ofRun, ...aroundRun };
