import { access, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { createLineReader, parseCommand, parseEntries, parsePaths } from './support/commands.ts';
import { createMasker } from './support/masker.ts';
import { startJob } from './support/run-action.ts';
import type { Job, JobOptions } from './support/run-action.ts';

/** There `bash` may be that of the Linux subsystem, and a process ends another without a signal. */
const onWindows = process.platform === 'win32';

const base64 = (text: string): string => Buffer.from(text).toString('base64');

function maskedBy(secret: string, text: string): string {
  const masker = createMasker();
  masker.addMask(secret);
  return masker.mask(text);
}

describe('the masker', () => {
  test.each([
    [':Password123!', 'OlBh***'],
    ['a:Password123!', 'YTpQ***'],
    ['ab:Password123!', 'YWI6***'],
    ['abc:Password123!', 'YWJjOlBh***'],
  ])('finds the secret in the base64 of %s', (text, expected) => {
    expect(maskedBy('Password123!', base64(text))).toBe(expected);
  });

  test.each([
    ['percent-encoded', 'Pass word 123!', 'Pass%20word%20123%21', '***'],
    ['form-encoded, which is not covered', 'Pass word 1', 'Pass+word+1', 'Pass+word+1'],
    ['XML', 'Pass<word>123!', 'Pass&lt;word&gt;123!', '***'],
    ['JSON', 'p8e-test-\u0001"\\\t\u2028é/', 'p8e-test-\\u0001\\"\\\\\\t\\u2028é/', '***'],
    ['command line', 'p8e"test', 'p8e\\"test', '***'],
    ['expression', "p8e'test", "p8e''test", '***'],
    ['long and quoted', '"Password123!!"', 'Password123!!', '***'],
    ['short and quoted', '"short"', 'short "short"', 'short ***'],
    ['before &', 'p8e-test&secondpart', 'p8e-test& then', '*** then'],
    ['after &', 'p8e-test&secondpart', 'then secondpart', 'then ***'],
    ['before &+', 'p8e-test&+Secondpart', 'p8e-test&+ then', '*** then'],
    ['after &+ and the coloured letter', 'p8e-test&+Secondpart', 'then econdpart', 'then ***'],
    ['a short piece', 'p8e-test&abc', 'abc', 'abc'],
    ['another case, which is not covered', 'p8e-test', 'P8E-TEST', 'P8E-TEST'],
    ['hex, which is not covered', 'p8e', '703865', '703865'],
    ['one character', 'e', 'p8e-test', 'p8***-t***st'],
    ['neighbours', 'p8e', 'p8ep8e p8e', '*** ***'],
    ['overlapping places', 'aba', 'xababax', 'x***x'],
    ['a blank, which is refused', ' ', 'a b', 'a b'],
  ])('%s', (_name, secret, text, expected) => {
    expect(maskedBy(secret, text)).toBe(expected);
  });

  test('hides each line of a mask and the whole', () => {
    const masker = createMasker();
    masker.addMask('abc\ndef\nghi\r\njkl');
    expect(['abc', 'def', 'ghi', 'jkl'].map(masker.mask)).toEqual(['***', '***', '***', '***']);
    expect(masker.mask('<abc\ndef\nghi\r\njkl>')).toBe('<***>');
  });

  test('trims a workflow secret but not a mask', () => {
    const masker = createMasker();
    masker.addSecret(' p8e-test-secret\n');
    expect(masker.mask('<p8e-test-secret>')).toBe('<***>');
    expect(maskedBy(' p8e-test ', '< p8e-test >')).toBe('<***>');
  });
});

describe('file commands', () => {
  test.each([
    ['nothing', '', []],
    [
      'empty lines between',
      '\na=1\n\n\nb=2',
      [
        ['a', '1'],
        ['b', '2'],
      ],
    ],
    ['an empty value', 'a=', [['a', '']]],
    ['= and << in a value', 'a=b=c<<d', [['a', 'b=c<<d']]],
    ['no trimming', ' a = b ', [[' a ', ' b ']]],
    ['a carriage return in the value', 'a=b\r\n', [['a', 'b\r']]],
    ['an empty name', '=b', [['', 'b']]],
    ['a byte order mark', '\uFEFFa=b', [['a', 'b']]],
    [
      'a heredoc',
      'a<<E\nx\n\ny=1\nE\nb=2\n',
      [
        ['a', 'x\n\ny=1'],
        ['b', '2'],
      ],
    ],
    ['a heredoc at the end of the file', 'a<<E\nx\nE', [['a', 'x']]],
    ['an empty heredoc', 'a<<E\nE\n', [['a', '']]],
    ['a heredoc of one empty line', 'a<<E\n\nE\n', [['a', '']]],
    ['a delimiter with =', 'a<<E=F\nx\nE=F\n', [['a', 'x']]],
    ['a delimiter that is not trimmed', 'a<<E\n E\nE \nE\n', [['a', ' E\nE ']]],
  ])('accept %s', (_name, content, expected) => {
    const { entries, error } = parseEntries(content);
    expect(entries.map(({ name, value }) => [name, value])).toEqual(expected);
    expect(error).toBeUndefined();
  });

  test.each([
    ['neither = nor <<', 'a=1\nb\nc=3', "Invalid format 'b'"],
    [
      'no delimiter',
      'a=1\nb<<\n',
      "Invalid format 'b<<'. Name must not be empty and delimiter must not be empty",
    ],
    [
      'no name',
      'a=1\n<<E\nE\n',
      "Invalid format '<<E'. Name must not be empty and delimiter must not be empty",
    ],
    ['no end', 'a=1\nb<<E\nx\n', "Invalid value. Matching delimiter not found 'E'"],
    ['no end and no line feed', 'a=1\nb<<E\nx', 'Invalid value. EOF marker missing new line.'],
    ['a CR after the end', 'a=1\nb<<E\nE\r\n', "Invalid value. Matching delimiter not found 'E'"],
  ])('refuse %s and keep what came before', (_name, content, error) => {
    expect(parseEntries(content)).toEqual({ entries: [{ name: 'a', value: '1' }], error });
  });

  test('split paths at every line end', () => {
    expect(parsePaths('/a\r\n/b\r/c\n\n/d')).toEqual(['/a', '/b', '/c', '/d']);
  });
});

describe('workflow commands', () => {
  test.each([
    ['::add-mask::p8e-test-x', 'add-mask', {}, 'p8e-test-x'],
    [' \t::Debug::x', 'debug', {}, 'x'],
    ['::error file=a%2Cb%3Ac,line=1,,x::d', 'error', { file: 'a,b:c', line: '1' }, 'd'],
    ['::error title=a=b::d', 'error', { title: 'a=b' }, 'd'],
    ['::error::a%0D%0Ab%25', 'error', {}, 'a\r\nb%'],
    ['::error::a%250Ab', 'error', {}, 'a%0Ab'],
    ['::error::a%3Ab', 'error', {}, 'a%3Ab'],
    ['::error::a::b', 'error', {}, 'a::b'],
    ['text ##[error file=a;line=2]b%5D%3B%0A%253B', 'error', { file: 'a', line: '2' }, 'b];\n%3B'],
    ['::unknown::##[group]x', 'group', {}, 'x'],
  ])('%s', (line, name, properties, data) => {
    expect(parseCommand(line)).toEqual({ name, properties, data });
  });

  test.each([
    'text ::error::x',
    '::nothing::x',
    '::error',
    ':: error::x',
    '##[error',
    '##[other]x',
  ])('%s is plain output', (line) => {
    expect(parseCommand(line)).toBeUndefined();
  });

  test('lines end at LF, CRLF and a lone CR, wherever the stream is cut', () => {
    const text = 'a\nb\r\nc\rd\n\ne\r\r\nf';
    for (let cut = 0; cut <= text.length; cut++) {
      const reader = createLineReader();
      const pieces = [text.slice(0, cut), text.slice(cut)];
      const lines = [...pieces.flatMap((piece) => reader.push(piece)), ...reader.end()];
      expect(lines).toEqual(['a', 'b', 'c', 'd', '', 'e', '', 'f']);
    }
  });
});

const MANIFEST = `
name: throw-away
description: for this test
inputs:
  client-id: { description: kept hyphen }
  some name: { description: space, default: fallback }
  mode: { description: what to do, default: ok }
runs: { using: node24, main: main.mjs, post: post.mjs }
`;

const MAIN = `
import { appendFileSync, readFileSync } from 'node:fs';
const { env } = process;
const put = (file, text) => appendFileSync(env[file], text + '\\n');
console.log('::add-mask::p8e-test-token');
console.log('token p8e-test-token');
console.log('stdin ' + readFileSync(0).length + ' tty ' + Boolean(process.stdout.isTTY));
put('GITHUB_ENV', 'TOKEN=p8e-test-token');
put('GITHUB_ENV', 'node_options=--inspect');
put('GITHUB_STATE', 'token<<E\\np8e-test-token\\nE');
put('GITHUB_OUTPUT', 'env=' + JSON.stringify(env));
put('GITHUB_STEP_SUMMARY', 'got p8e-test-token');
put('GITHUB_PATH', '/first');
if (env['INPUT_MODE'] === 'fail') {
  put('GITHUB_OUTPUT', 'bad');
  process.exitCode = 3;
}
`;

const POST = `
const { env } = process;
console.log('post of ' + env['INPUT_CLIENT-ID'] + ' ' + env['STATE_token'] + ' ' + env.LATER);
`;

describe('a job', () => {
  const cleanups: (() => Promise<void>)[] = [];

  afterEach(async () => {
    vi.unstubAllEnvs();
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  });

  async function start(options: JobOptions = {}): Promise<Job> {
    const directory = await mkdtemp(join(tmpdir(), 'throw-away-'));
    cleanups.push(() => rm(directory, { recursive: true }));
    await writeFile(join(directory, 'action.yml'), MANIFEST);
    await writeFile(join(directory, 'main.mjs'), MAIN);
    await writeFile(join(directory, 'post.mjs'), POST);
    const job = await startJob({ actionDirectory: directory, ...options });
    cleanups.push(job.dispose);
    return job;
  }

  test.skipIf(onWindows)('runs main, later steps and posts as the runner does', async () => {
    const job = await start({ env: { STAGE: 'test', GITHUB_REPOSITORY: 'a/b' } });
    const first = await job.uses({ 'client-id': 'one' }, { id: 'first' });
    const later = await job.run('echo "$TOKEN"; echo LATER=yes >> "$GITHUB_ENV"');
    const second = await job.uses({ 'client-id': 'two' });
    const posts = await job.finish();

    expect(first).toMatchObject({ exitCode: 0, signal: null, failed: false, legacyCommands: [] });
    expect(first.stdout).toContain('token p8e-test-token');
    expect(first.masks).toEqual(['p8e-test-token']);
    expect(first.env).toEqual({ TOKEN: 'p8e-test-token' });
    expect(first.state).toEqual({ token: 'p8e-test-token' });
    expect(first.summary).toBe('got ***\n');
    expect(first.files.summary).toBe('got p8e-test-token\n');
    expect(first.log).toContain('token ***\nstdin 0 tty false');
    expect(first.annotations).toEqual([
      {
        level: 'error',
        message: "Can't store node_options output parameter using '$GITHUB_ENV' command.",
      },
    ]);
    expect(first.log).toContain('##[group]Run ./\nwith:\n  client-id: one\n');
    expect(first.log).toContain('env:\n  STAGE: test\n##[endgroup]');
    expect(later.stdout).toBe('p8e-test-token\n');
    expect(later.log).toContain('  TOKEN: ***\n##[endgroup]\n***');
    expect(posts.map((post) => post.stdout)).toEqual([
      'post of two p8e-test-token yes\n',
      'post of one p8e-test-token yes\n',
    ]);
    expect(posts[0]?.log).toBe('Post job cleanup.\npost of two *** yes');
    expect(second.env).toEqual({ TOKEN: 'p8e-test-token' });
    expect(job.log).not.toContain('p8e-test-token');
    expect(job.wouldDropJobOutput(base64('x:p8e-test-token'))).toBe(true);
    expect(job.wouldDropJobOutput('harmless')).toBe(false);
  });

  test.skipIf(onWindows)('makes the environment from nothing', async () => {
    vi.stubEnv('P8E_TEST_LEAK', 'p8e-test-leak');
    const job = await start({ env: { GITHUB_REPOSITORY: 'a/b' } });
    await job.run('echo /first >> "$GITHUB_PATH"; echo GITHUB_ACTIONS=no >> "$GITHUB_ENV"');
    const { outputs } = await job.uses({ mode: '' }, { env: { CI: 'no' }, debug: true });
    const env: unknown = JSON.parse(outputs['env'] ?? '{}');
    expect(env).toMatchObject({
      'INPUT_CLIENT-ID': '',
      INPUT_SOME_NAME: 'fallback',
      INPUT_MODE: '',
      GITHUB_ACTIONS: 'true',
      GITHUB_ACTION_REPOSITORY: '',
      GITHUB_REPOSITORY: 'a/b',
      GITHUB_WORKSPACE: job.workspace,
      RUNNER_TEMP: job.temp,
      RUNNER_DEBUG: '1',
      CI: 'no',
      PATH: expect.stringMatching(/^\/first:/) as unknown,
    });
    expect(env).not.toHaveProperty('P8E_TEST_LEAK');
  });

  test('processes files of a step that fails', async () => {
    const job = await start();
    const step = await job.uses({ mode: 'fail', extra: 'x' });
    expect(step).toMatchObject({ exitCode: 3, failed: true, env: { TOKEN: 'p8e-test-token' } });
    expect(step.outputs).toHaveProperty('env');
    expect(step.annotations.map(({ level, message }) => `${level} ${message}`)).toEqual([
      "warning Unexpected input(s) 'extra', valid inputs are ['client-id', 'some name', 'mode']",
      "error Can't store node_options output parameter using '$GITHUB_ENV' command.",
      "error Unable to process file command 'output' successfully.",
      "error Invalid format 'bad'",
    ]);
    expect((await job.finish()).map((post) => post.failed)).toEqual([false]);
  });

  test('obeys commands on both streams until they are stopped', async () => {
    const job = await start({ secrets: ['p8e-test-known'] });
    const script = `
      const lines = ['::stop-commands::resume-token', '::add-mask::p8e-test-raw', 'p8e-test-raw',
        '::resume-token::', '::group::p8e-test-known', '::debug::hidden', '::set-output name=a::b',
        '::set-env name=A::b', 'text\\r##[warning]after CR', '::add-mask:: '];
      console.log(lines.join('\\n'));
      console.error('::notice::' + 'n'.repeat(5000));`;
    const step = await job.run(['--eval', script]);
    expect(step.log).toContain('***\n::add-mask::p8e-test-raw\np8e-test-raw\n::***::');
    expect(step.log).toContain('##[group]***');
    expect(step.log).not.toContain('##[debug]');
    expect(step.masks).toEqual([]);
    expect(step.outputs).toEqual({ a: 'b' });
    expect(step.legacyCommands).toEqual(['set-output', 'set-env']);
    expect(step).toMatchObject({ exitCode: 0, failed: true });
    const of = (level: string): readonly string[] =>
      step.annotations.filter((found) => found.level === level).map(({ message }) => message);
    expect(of('notice').map((message) => message.length)).toEqual([4096]);
    expect(of('warning')).toEqual([
      'after CR',
      "Can't add secret mask for empty string in ##[add-mask] command.",
    ]);
    expect(of('error')[0]).toBe("Unable to process command '::set-env name=A::b' successfully.");
  });

  test.skipIf(onWindows)(
    'shows debug lines on demand, passes signals on and sees raw lines',
    async () => {
      const job = await start();
      const lines: string[] = [];
      const script = `console.log('::debug::p8e'); setInterval(() => {}, 1000);`;
      const step = await job.run(['--eval', script], {
        debug: true,
        onStart: (child) => {
          child.stdout?.once('data', () => child.kill('SIGINT'));
        },
        onLine: (line) => lines.push(line),
      });
      expect(step).toMatchObject({ exitCode: null, signal: 'SIGINT', failed: true });
      expect(step.log).toContain('##[debug]p8e');
      expect(lines).toEqual(['::debug::p8e']);
    },
  );

  test.skipIf(onWindows)('keeps the files of one step only, and nothing in the end', async () => {
    const job = await start();
    await job.run('true');
    await job.run('true');
    expect(await readdir(join(job.temp, '_runner_file_commands'))).toHaveLength(5);
    await job.dispose();
    await expect(access(job.temp)).rejects.toThrow('ENOENT');
  });
});
