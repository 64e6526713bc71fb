/**
 * The real action installs `aio` globally. Here, later steps find the one that the app has installed.
 * @see https://github.com/adobe/aio-cli-setup-action/blob/1.3.0/index.js
 */

import { appendFileSync } from 'node:fs';
import { join } from 'node:path';

const installed = join(process.env['GITHUB_WORKSPACE'] ?? '', 'node_modules', '.bin');
appendFileSync(process.env['GITHUB_PATH'] ?? '', `${installed}\n`);
