/** Pictures of a job's log, in SVG, made from what `npm run demo` prints. */

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

type Kind = 'title' | 'heading' | 'detail' | 'text' | 'error';
type Line = { readonly kind: Kind; readonly text: string };

type Colours = Readonly<Record<Kind | 'background' | 'border' | 'mask', string>>;

/** The colours of GitHub's own pages. */
const THEMES: Readonly<Record<'light' | 'dark', Colours>> = {
  light: {
    background: '#ffffff',
    border: '#d1d9e0',
    title: '#1f2328',
    heading: '#59636e',
    detail: '#59636e',
    text: '#1f2328',
    error: '#d1242f',
    mask: '#1a7f37',
  },
  dark: {
    background: '#0d1117',
    border: '#3d444d',
    title: '#f0f6fc',
    heading: '#9198a1',
    detail: '#9198a1',
    text: '#f0f6fc',
    error: '#f85149',
    mask: '#3fb950',
  },
};

export const PICTURES: Readonly<Record<string, Colours>> = {
  'docs/pictures/log-light.svg': THEMES.light,
  'docs/pictures/log-dark.svg': THEMES.dark,
};

/** The steps that the picture shows, by their number in the demo. */
const SHOWN = [1, 2, 4];
/** Of the lines that GitHub prints before a step starts, those with a mask. */
const MASKED = /^ {2}\S+: \*{3}$/;
/** Of the lines that a step prints, those for people. */
const FOR_PEOPLE = /^(?:Got an access token|Authorization: |##\[error\])/;

/** What each run of the demo prints anew, and what the picture has in its place. */
const VARIABLE: readonly (readonly [RegExp, string])[] = [
  [/\d{4}-\d\d-\d\dT[\d:]+Z/g, '2026-11-25T15:59:59Z'],
  [/x-debug-id [\w-]+/g, 'x-debug-id 5f1c0e7a'],
];

/** At this width the text can still be read on a screen of 400 pixels. */
const COLUMNS = 52;
const [CHARACTER, LINE, FONT, EDGE] = [7.83, 20, 13, 16];

/**
 * What the demo prints.
 * @throws Error when the demo fails
 */
export function runDemo(): string {
  const demo = join(import.meta.dirname, '..', 'test', 'demo.ts');
  const { status, stdout, stderr } = spawnSync(process.execPath, [demo], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`The demo failed:\n${stdout}${stderr}`);
  return stdout;
}

function lineOf(text: string): Line | undefined {
  if (text.startsWith('##[group]')) return { kind: 'heading', text: text.slice(9) };
  if (MASKED.test(text)) return { kind: 'detail', text };
  if (!FOR_PEOPLE.test(text)) return undefined;
  return text.startsWith('##[error]')
    ? { kind: 'error', text: text.replace('##[error]', 'Error: ') }
    : { kind: 'text', text };
}

/**
 * The lines of the picture, of the steps in SHOWN.
 * @throws Error when the demo does not print a step that the picture shows
 */
export function linesOf(demo: string): readonly Line[] {
  const fixed = VARIABLE.reduce((text, [pattern, value]) => text.replaceAll(pattern, value), demo);
  return SHOWN.flatMap((step) => {
    const section = new RegExp(`^Step ${step}: (.+)\n((?:.+\n)+)`, 'm').exec(fixed);
    if (section === null) throw new Error(`The demo has no step ${step}`);
    const [, title = '', log = ''] = section;
    const lines = log.split('\n').flatMap((line) => lineOf(line) ?? []);
    if (!lines.some(({ kind }) => kind === 'text' || kind === 'error'))
      throw new Error(`Step ${step} of the demo prints nothing for people`);
    // One mask of each step is enough.
    const shown = lines.filter(({ kind }, at) => kind !== 'detail' || lines[at - 1]?.kind !== kind);
    return [{ kind: 'title', text: title } as const, ...shown];
  });
}

/** Breaks a line at spaces; a longer word keeps its line to itself. */
function wrapped({ kind, text }: Line): readonly Line[] {
  const lines: string[] = [];
  for (const word of text.trimStart().split(' ')) {
    const longer = [...lines.slice(-1), word].join(' ');
    if (longer.length <= COLUMNS) lines.splice(-1, 1, longer);
    else lines.push(word);
  }
  return lines.map((line) => ({ kind, text: line }));
}

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** One picture. A title has space above it, a detail is indented, masks stand out. */
export function pictureOf(log: readonly Line[], colours: Colours): string {
  let y = EDGE;
  const texts = log.flatMap(wrapped).map(({ kind, text }, at, all) => {
    const first = kind === 'title' && all[at - 1]?.kind !== 'title';
    y += first && at > 0 ? LINE * 1.6 : LINE;
    const x = kind === 'detail' ? 2 * EDGE : EDGE;
    const weight = kind === 'title' ? ' font-weight="600"' : '';
    const content = escaped(text).replaceAll(
      '***',
      `<tspan fill="${colours.mask}" font-weight="600">***</tspan>`,
    );
    return `  <text x="${x}" y="${y - 6}" fill="${colours[kind]}"${weight}>${content}</text>`;
  });
  const [width, height] = [Math.round(COLUMNS * CHARACTER + 2 * EDGE), Math.round(y + EDGE - 4)];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="Log of a job">`,
    `  <rect x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="6" fill="${colours.background}" stroke="${colours.border}"/>`,
    `  <g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'Liberation Mono', monospace" font-size="${FONT}">`,
    ...texts,
    '  </g>',
    '</svg>',
    '',
  ].join('\n');
}
