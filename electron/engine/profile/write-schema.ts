import { writeFileSync } from 'node:fs';
import { profileJsonSchema } from './json-schema.ts';

// Run by hand after a change of the format; json-schema.test.ts notices when it was not.
const file = new URL('../../../resources/overland-profile-1.schema.json', import.meta.url);
writeFileSync(file, `${JSON.stringify(profileJsonSchema(), null, 2)}\n`);
