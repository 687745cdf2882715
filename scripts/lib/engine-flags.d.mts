/** What Node is told where the engine runs in it. */
export const engineFlags: readonly string[];
