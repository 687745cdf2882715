/** Works with a resource and ends it in any case. An error while ending never hides an error of the work. */
export async function withResource<R extends AsyncDisposable, T>(
  resource: R,
  work: (resource: R) => Promise<T>,
): Promise<T> {
  let result: T;
  try {
    result = await work(resource);
  } catch (error) {
    await Promise.resolve(resource[Symbol.asyncDispose]()).catch(() => undefined);
    throw error;
  }
  await resource[Symbol.asyncDispose]();
  return result;
}
