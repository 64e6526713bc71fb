import { defineConfig } from 'eslint/config';
import regexp from 'eslint-plugin-regexp';
import tseslint from 'typescript-eslint';

/** One character or class, without limit. */
const REPEATED = String.raw`(?:\[[^\]]+\]|\\?.)(?:[*+]|\{\d+,\})`;

export default defineConfig(
  { ignores: ['dist/', 'node_modules/', 'coverage/', 'bench/hand-written.mjs'] },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        projectService: { allowDefaultProject: ['eslint.config.js'] },
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      'no-console': 'error',
      'max-lines-per-function': ['error', { max: 40, IIFEs: true }],
    },
  },
  {
    // Servers and users choose the texts that src searches.
    files: ['src/**'],
    plugins: { regexp },
    rules: {
      'regexp/no-super-linear-backtracking': ['error', { report: 'certain' }],
      'regexp/no-super-linear-move': ['error', { report: 'certain' }],
      // The rules above miss `word.*word`, which starts a long search at each word.
      'no-restricted-syntax': [
        'error',
        {
          selector: `Literal[regex.pattern=/^(?!\\^|${REPEATED}$).*${REPEATED}/]`,
          message: 'Begin with `^`, or repeat with a limit: this takes quadratic time.',
        },
      ],
    },
  },
  {
    files: ['test/**', 'recipes/**', 'bench/**', 'scripts/**'],
    rules: { 'max-lines-per-function': 'off', 'no-console': 'off' },
  },
);
