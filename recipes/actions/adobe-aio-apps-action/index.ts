/**
 * Runs the same commands as version 4.1.0.
 * @see https://github.com/adobe/aio-apps-action/blob/4.1.0/src/index.js
 */

import { execFileSync } from 'node:child_process';

const COMMANDS: Readonly<Record<string, readonly string[]>> = {
  build: ['app', 'build'],
  deploy: ['app', 'deploy', '--no-build'],
};

const command = COMMANDS[process.env['INPUT_COMMAND'] ?? ''];
if (command === undefined) throw new Error('The stand-in does not know this command');
execFileSync('aio', command, { stdio: 'inherit' });
