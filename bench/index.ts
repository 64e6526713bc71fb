/** `npm run bench [-- --old FOLDER]`: what one step takes. `npm run bench -- matrix`: what many do. */

import { parseArgs } from 'node:util';

import { matrix } from './matrix.ts';
import { pairs } from './pairs.ts';

const { values, positionals } = parseArgs({
  options: { old: { type: 'string' } },
  allowPositionals: true,
});
await (positionals.includes('matrix') ? matrix() : pairs(values.old));
