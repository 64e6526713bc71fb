/**
 * `npm run bench [-- --old FOLDER]`: what one step takes. `npm run bench -- matrix`: what many do.
 * `npm run bench -- outage`: what a step says of an outage that lasts.
 */

import { parseArgs } from 'node:util';

import { matrix } from './matrix.ts';
import { outage } from './outage.ts';
import { pairs } from './pairs.ts';

const { values, positionals } = parseArgs({
  options: { old: { type: 'string' } },
  allowPositionals: true,
});
if (positionals.includes('matrix')) await matrix();
else if (positionals.includes('outage')) await outage();
else await pairs(values.old);
