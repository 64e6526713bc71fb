/** The project's linter, for code that a test makes up. */

import { join } from 'node:path';

import { ESLint } from 'eslint';
import tseslint from 'typescript-eslint';

/** The rules that need types are off: they take seconds to start. */
const linter = new ESLint({
  cwd: join(import.meta.dirname, '../..'),
  overrideConfig: tseslint.configs.disableTypeChecked,
});

/** What the linter reports of code that stands in src. */
export async function lintInSrc(code: string): Promise<readonly string[]> {
  const [result] = await linter.lintText(code, { filePath: 'src/main.ts' });
  if (result === undefined) throw new Error('nothing was linted');
  return result.messages.map(({ message }) => message);
}
