/** What every part of one step needs. */

import type { Runtime } from './runner/process.ts';
import type { Secrets } from './secrets.ts';

export type StepContext = Runtime & { readonly secrets: Secrets };
