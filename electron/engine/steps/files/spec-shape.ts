import * as z from 'zod';
import { placeHows } from '../../../drivers/files.ts';
import { filled, plainName } from '../../profile/shape-parts.ts';

const patterns = z.array(filled).min(1);

/** The table of a `files` step without `kind` and `needs`. */
export const filesShape = z.strictObject({
  source: z
    .strictObject({
      connection: plainName.describe('A folder.'),
      files: patterns.default(['**']).describe('Patterns such as "**/*.safetensors"; "**" is everything.'),
      except: z.array(filled).default([]).describe('Patterns of files that are left out.'),
      root: z.string().default('').describe('Folder below the connection that patterns and file.path begin in.'),
    })
    .describe('What is taken.'),
  target: z
    .strictObject({
      connection: plainName.describe('A folder; the same one or another.'),
      folder: z.string().default('').describe('Folder below the connection that `into` begins in.'),
    })
    .describe('Where it goes.'),
  into: filled
    .default('=file.path')
    .describe(
      'Path of each file below the target, for example "=model + \'/\' + file.rest"; null leaves it where it is.',
    ),
  model: filled
    .optional()
    .describe('What a file belongs to, for example "=file.parts[0]"; `into` reads it as `model`.'),
  names: z.record(filled, filled).optional().describe('Old names of models, each with the name it has now.'),
  unknown_name: z
    .enum(['ask', 'keep', 'leave'])
    .default('ask')
    .describe('"ask" stops the plan until `names` has the name, "keep" takes it as it is, "leave" leaves its files.'),
  components: z
    .array(z.strictObject({ contains: z.array(filled).min(1), component: filled }))
    .default([])
    .describe('What a file is to its model: the first rule of which a word stands in its path, in any case.'),
  how: z.enum(placeHows).default('copy').describe('"clone" shares blocks, where the file system can.'),
  symlinks: z
    .enum(['refuse', 'follow', 'keep'])
    .default('refuse')
    .describe('Links: set aside, taken as the file they lead to, or made anew with the same text.'),
  conflict: z
    .enum(['stop', 'keep', 'replace'])
    .default('stop')
    .describe('What is done where the target has other content under the name.'),
  safetensors: z.enum(['check', 'ignore']).default('check').describe('Holds headers against the size of the file.'),
});
export type FilesShape = z.output<typeof filesShape>;
