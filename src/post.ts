/** The post step. */

import { revoke } from './revoke.ts';

revoke();
