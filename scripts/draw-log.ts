/** `npm run pictures`: draws the pictures of the README anew, after a change of what the demo prints. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { linesOf, PICTURES, pictureOf, runDemo } from './log-picture.ts';

const lines = linesOf(runDemo());
for (const [path, colours] of Object.entries(PICTURES))
  writeFileSync(join(import.meta.dirname, '..', path), pictureOf(lines, colours));
