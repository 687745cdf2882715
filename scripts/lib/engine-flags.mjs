/**
 * What Node is told where the engine runs in it. Rows live for milliseconds: a nursery of twice 8 MB holds them, V8's own
 * grew to 128 MB without being faster. The desktop says the same in `electron/main/engine-supervisor.ts`.
 */
export const engineFlags = ['--max-semi-space-size=8'];
