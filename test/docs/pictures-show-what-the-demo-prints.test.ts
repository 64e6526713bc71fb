/** The pictures of the README are what the script draws of the demo as it is now. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { beforeAll, describe, expect, it } from 'vitest';

import { linesOf, PICTURES, pictureOf, runDemo } from '../../scripts/log-picture.ts';

const read = (path: string): string =>
  readFileSync(join(import.meta.dirname, '..', '..', path), 'utf8');
const files = Object.entries(PICTURES);

let demo: string;
beforeAll(() => {
  demo = runDemo();
});

describe('the picture', () => {
  it.each(files)('%s shows the demo; if it does not, run `npm run pictures`', (path, colours) => {
    expect(read(path)).toBe(pictureOf(linesOf(demo), colours));
  });

  it('is in the README, in light and dark', () => {
    for (const [path] of files) expect(read('README.md')).toMatch(RegExp(`src(?:set)?="${path}"`));
  });

  it('shows a success, its mask, and a failure with its remedy', () => {
    const text = linesOf(demo).map((line) => line.text);
    expect(text).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^Got an access token from IMS, valid until/),
        'Authorization: Bearer ***',
        expect.stringMatching(
          /^Error: .+Compare `client-secret`.+#invalid_client \(invalid_client/,
        ),
      ]),
    );
  });
});

describe('a picture', () => {
  const section = (step: number, line: string): string => `Step ${step}: step ${step}\n${line}\n\n`;
  const log = [
    section(1, 'Got an access token from IMS, valid until 2027-01-02T03:04:05Z, in A & <B>.'),
    section(2, '##[group]Run node\n  TOKEN: ***\n  OTHER: ***\nAuthorization: Bearer ***'),
    section(4, '##[error]IMS refused. (invalid_client, HTTP 400, x-debug-id p8e-test-1)'),
  ].join('');

  it('is the same whenever the demo ran', () => {
    const later = log
      .replaceAll('2027-01-02T03:04', '2028-05-06T07:08')
      .replace('test-1', 'test-2');
    expect(linesOf(later)).toEqual(linesOf(log));
  });

  it('differs when the demo prints another message', () => {
    expect(linesOf(log.replace('refused', 'denied'))).not.toEqual(linesOf(log));
  });

  it('shows one mask of each step, and escapes what SVG reads', () => {
    const [[, colours] = []] = files;
    const picture = colours === undefined ? '' : pictureOf(linesOf(log), colours);
    expect(picture).toContain('>TOKEN: <tspan');
    expect(picture).not.toContain('OTHER');
    expect(picture).toContain('A &amp; &lt;B&gt;.');
  });

  it('is not drawn of a demo that lacks a step, or whose step says nothing', () => {
    expect(() => linesOf(log.replace('Step 2', 'Step 5'))).toThrow('no step 2');
    expect(() => linesOf(log.replace('##[error]', ''))).toThrow('Step 4');
  });
});
