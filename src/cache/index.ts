/**
 * Moves one file to or from the repository's Actions cache: `restore KEY-PREFIX FILE` or `save KEY FILE`.
 * A program of its own, because the cache client cannot be cancelled, prints to the log, starts `tar`
 * and works relative to the workspace: here it can be ended, silenced and given a folder to itself.
 */

import { isFeatureAvailable, restoreCache, saveCache } from '@actions/cache';

const [action = '', key = '', file = ''] = process.argv.slice(2);

try {
  if (!isFeatureAvailable()) process.exitCode = 1;
  // Relative, so that the entry's version is the same wherever a machine keeps its temporary files.
  else if (action === 'restore')
    await restoreCache([file], key, [key], { timeoutInMs: 4000 }, true);
  else if (action === 'save') await saveCache([file], key, undefined, true);
  else process.exitCode = 2;
} catch {
  process.exitCode = 1;
}
