/**
 * Keys of one escaped character, such as `"\""`. `JSON.parse` of Node 24 (seen with 24.21, not with 20) now and then reads one as
 * a backslash, so that it is no measure for documents with them. Our own parser, `engine/values/json-text.ts`, is not touched.
 */
export const misreadKey = /"\\(?:["\\/bfnrt]|u[0-9a-f]{4})"\s*:/i;
