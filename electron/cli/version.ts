import packageFile from '../../package.json' with { type: 'json' };

/** Version of Overland. */
export const version: string = packageFile.version;
