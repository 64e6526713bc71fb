/**
 * The commands of `@actions/core` that this action uses, made of the package's own parts. The package's index
 * would bring OIDC, platform facts and the summary into `dist`. A test compares each function with the package.
 *
 * Two things differ. If the runner names no file for a command, the package prints the value to the log; here
 * the command fails. And the package sets a variable in this process too; here the process is about to end.
 */

import { EOL } from 'node:os';

// The package exports its index alone.
import { issueCommand } from '../../node_modules/@actions/core/lib/command.js';
import {
  issueFileCommand,
  prepareKeyValueMessage,
} from '../../node_modules/@actions/core/lib/file-command.js';

const logs =
  (command: 'notice' | 'warning' | 'error' | 'add-mask') =>
  (message: string): void => {
    issueCommand(command, {}, message);
  };

const writes =
  (command: 'OUTPUT' | 'ENV' | 'STATE') =>
  (name: string, value: string): void => {
    issueFileCommand(command, prepareKeyValueMessage(name, value));
  };

export const notice = logs('notice');
export const warning = logs('warning');
export const error = logs('error');
export const setSecret = logs('add-mask');
export const setOutput = writes('OUTPUT');
export const saveState = writes('STATE');
export const exportVariable = writes('ENV');

export function info(message: string): void {
  process.stdout.write(message + EOL);
}
