/** `npm run bench`: how long the step takes. `npm run bench -- matrix`: what many jobs at once do. */

import { matrix } from './matrix.ts';
import { wall } from './wall.ts';

const [which = 'wall'] = process.argv.slice(2);
if (which === 'wall') await wall();
else if (which === 'matrix') await matrix();
else {
  console.error('Usage: npm run bench [-- matrix]');
  process.exitCode = 2;
}
