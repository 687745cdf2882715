import type { FakeServices } from '../memory-client.ts';

/** A picture of the window: an address, and the engine's answers. */
export type PictureState = {
  readonly hash: string;
  readonly services: FakeServices;
  /** What a person does before the picture is taken, as steps of a page. */
  readonly prepare?: 'drag';
};
