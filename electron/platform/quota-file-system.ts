import type { FileSystem } from './file-system.ts';

/**
 * A file system on which `bytes` more can be written, for tests of a full disk: then ENOSPC, as the kernel says it.
 * A refused copy leaves what fitted, as a real one does.
 */
export function quotaFileSystem(under: FileSystem, bytes: number): FileSystem & { readonly left: () => number } {
  let left = bytes;
  const take = (wanted: number, path: string): void => {
    if (wanted > left) {
      left = 0;
      throw Object.assign(new Error(`ENOSPC: no space left on device, write '${path}'`), {
        code: 'ENOSPC',
        errno: -28,
        syscall: 'write',
        path,
      });
    }
    left -= wanted;
  };
  return {
    ...under,
    left: () => left,
    async writeDurable(path, data, mode) {
      take(Buffer.byteLength(data), path);
      await under.writeDurable(path, data, mode);
    },
    async writeGroup(files) {
      for (const { path, data } of files) take(data.byteLength, path);
      await under.writeGroup(files);
    },
    async append(path, data, mode) {
      take(Buffer.byteLength(data), path);
      await under.append(path, data, mode);
    },
    async copy(from, to, options) {
      let taken = 0;
      return under.copy(from, to, {
        ...options,
        onBytes: (soFar) => {
          take(soFar - taken, to);
          taken = soFar;
          options.onBytes?.(soFar);
        },
      });
    },
    copyResumable(copy) {
      let taken = 0;
      return under.copyResumable({
        ...copy,
        async onBytes(soFar) {
          take(soFar - taken, copy.to);
          taken = soFar;
          await copy.onBytes?.(soFar);
        },
      });
    },
    async freeBytes() {
      return left;
    },
  };
}
