import type { FakeServices } from '../memory-client.ts';

/** A picture of the window: an address, and the engine's answers. */
export type PictureState = {
  readonly hash: string;
  readonly services: FakeServices;
  /** What happens before the picture is taken: a bundle is dragged over, the engine is lost, Ctrl . is pressed. */
  readonly prepare?: 'drag' | 'lose' | 'ask';
};
