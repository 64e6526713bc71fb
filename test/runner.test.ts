/** The runner that the tests use, held to what GitHub's runner does. */

import { access, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, onTestFinished, vi } from 'vitest';

import { createLineReader, parseCommand, parseEntries } from './support/commands.ts';
import { test } from './support/fixtures.ts';
import { createMasker } from './support/masker.ts';
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
  test.for([
    ['base64', 'Password123!', base64('Password123!'), '***'],
    ['base64 after one byte', 'Password123!', base64(':Password123!'), 'OlBh***'],
    ['base64 after two bytes', 'Password123!', base64('a:Password123!'), 'YTpQ***'],
    ['base64 after four bytes', 'Password123!', base64('abc:Password123!'), 'YWJjOlBh***'],
    ['percent-encoded', 'Pass word 123!', 'Pass%20word%20123%21', '***'],
    ['form-encoded, which is not covered', 'Pass word 1', 'Pass+word+1', 'Pass+word+1'],
    ['XML', 'Pass<word>123!', 'Pass&lt;word&gt;123!', '***'],
    ['JSON', 'p8e-test-\u0001"\\\t\u2028é/', 'p8e-test-\\u0001\\"\\\\\\t\\u2028é/', '***'],
    ['command line', 'p8e"test', 'p8e\\"test', '***'],
    ['expression', "p8e'test", "p8e''test", '***'],
    ['another case, which is not covered', 'p8e-test', 'P8E-TEST', 'P8E-TEST'],
    ['hex, which is not covered', 'p8e', '703865', '703865'],
    ['one character', 'e', 'p8e-test', 'p8***-t***st'],
    ['neighbours', 'p8e', 'p8ep8e p8e', '*** ***'],
    ['overlapping places', 'aba', 'xababax', 'x***x'],
    ['a blank, which is refused', ' ', 'a b', 'a b'],
    ['each line', 'abc\ndef\r\n ghi', 'abc-def-ghi', '***-***-***'],
    ['all lines', 'abc\ndef\r\nghi', '<abc\ndef\r\nghi>', '<***>'],
    ['blanks around a mask', ' p8e-test ', '< p8e-test >', '<***>'],
  ] as const)('knows %s', ([, secret, text, expected]) => {
    expect(maskedBy(secret, text)).toBe(expected);
  });
});

describe('the files of a step', () => {
  test.for([
    ['empty lines between', '\na=1\n\n\nb=2', { a: '1', b: '2' }],
    ['an empty value', 'a=', { a: '' }],
    ['= and << in a value', 'a=b=c<<d', { a: 'b=c<<d' }],
    ['blanks, which stay', ' a = b ', { ' a ': ' b ' }],
    ['a carriage return, which stays', 'a=b\r\n', { a: 'b\r' }],
    ['a heredoc', 'a<<E\nx\n\ny=1\nE\nb=2\n', { a: 'x\n\ny=1', b: '2' }],
    ['a heredoc at the end of the file', 'a<<E\nx\nE', { a: 'x' }],
    ['a delimiter that is not trimmed', 'a<<E\n E\nE \nE\n', { a: ' E\nE ' }],
  ] as const)('may hold %s', ([, content, expected]) => {
    const { entries, error } = parseEntries(content);
    expect(Object.fromEntries(entries.map(({ name, value }) => [name, value]))).toEqual(expected);
    expect(error).toBeUndefined();
  });

  test.for([
    ['neither = nor <<', 'a=1\nb\nc=3', "Invalid format 'b'"],
    ['no delimiter', 'a=1\nb<<\n', "Invalid format 'b<<'"],
    ['no end', 'a=1\nb<<E\nx\n', "Invalid value. Matching delimiter not found 'E'"],
    ['a CR after the end', 'a=1\nb<<E\nE\r\n', "Invalid value. Matching delimiter not found 'E'"],
  ] as const)('may not hold %s; what came before stays', ([, content, error]) => {
    expect(parseEntries(content)).toEqual({ entries: [{ name: 'a', value: '1' }], error });
  });
});

describe('a line', () => {
  test.for([
    ['::add-mask::p8e-test-x', 'add-mask', 'p8e-test-x'],
    [' \t::Debug::x', 'debug', 'x'],
    ['::error file=a,line=1::d', 'error', 'd'],
    ['::error::a%0D%0Ab%25', 'error', 'a\r\nb%'],
    ['::error::a%250Ab', 'error', 'a%0Ab'],
    ['text ##[error file=a]b%5D%3B%0A%253B', 'error', 'b];\n%3B'],
    ['::unknown::##[group]x', 'group', 'x'],
    ['::Stop-Commands::x', 'stop-commands', 'x'],
  ] as const)('%s is a command', ([line, name, data]) => {
    expect(parseCommand(line)).toEqual({ name, data });
  });

  test.for(['text ::error::x', '::nothing::x', '::error', ':: error::x', '##[error', '##[other]x'])(
    '%s is no command',
    (line) => {
      expect(parseCommand(line)).toBeUndefined();
    },
  );

  test('ends at LF, CRLF and a lone CR, wherever the stream is cut', () => {
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
if (env['INPUT_MODE'] === 'fail') {
  put('GITHUB_OUTPUT', 'bad');
  process.exitCode = 3;
}
`;

const POST = `
const { env } = process;
console.log([env['INPUT_CLIENT-ID'], env['INPUT_MODE'], env.STATE_token, env.STATE_other, env.LATER].join());
`;

describe('a job', () => {
  async function start(
    startJob: (options: JobOptions) => Promise<Job>,
    options: JobOptions = {},
  ): Promise<Job> {
    const directory = await mkdtemp(join(tmpdir(), 'throw-away-'));
    onTestFinished(() => rm(directory, { recursive: true }));
    await writeFile(join(directory, 'action.yml'), MANIFEST);
    await writeFile(join(directory, 'main.mjs'), MAIN);
    await writeFile(join(directory, 'post.mjs'), POST);
    return startJob({ actionDirectory: directory, ...options });
  }

  test.skipIf(onWindows)('runs main, a later step and post', async ({ startJob }) => {
    const job = await start(startJob, { env: { STAGE: 'test', GITHUB_REPOSITORY: 'a/b' } });
    const step = await job.uses({ 'client-id': 'one' }, { id: 'first', debug: true });
    const later = await job.run('echo "$TOKEN"');
    expect(step).toMatchObject({
      exitCode: 0,
      failed: false,
      masks: ['p8e-test-token'],
      env: { TOKEN: 'p8e-test-token' },
      state: { token: 'p8e-test-token' },
      summary: 'got ***\n',
      files: { summary: 'got p8e-test-token\n' },
      unexpectedCommands: [],
    });
    expect(step.stdout).toContain('token p8e-test-token');
    expect(step.log).toContain(
      '##[group]Run ./\nwith:\n  client-id: one\n  some name: fallback\n  mode: ok\n' +
        'env:\n  STAGE: test\n##[endgroup]\ntoken ***\nstdin 0 tty false\n',
    );
    expect(step.log).toContain('##[debug]Save intra-action state token = ***');
    expect(step.annotations).toEqual([
      {
        level: 'error',
        message: "Can't store node_options output parameter using '$GITHUB_ENV' command.",
      },
    ]);
    expect(later.stdout).toBe('p8e-test-token\n');
    expect(later.log).toContain('  TOKEN: ***\n##[endgroup]\n***');
    const [post] = await job.finish();
    expect(post?.log).toBe('Post job cleanup.\none,ok,***,,');
    expect(job.log).not.toContain('p8e-test-token');
    expect(job.wouldDropJobOutput(base64('x:p8e-test-token'))).toBe(true);
    expect(job.wouldDropJobOutput('harmless')).toBe(false);
  });

  test.skipIf(onWindows)(
    'runs the last post first, with inputs evaluated again and what was exported meanwhile',
    async ({ startJob }) => {
      const job = await start(startJob);
      await job.uses({ 'client-id': 'one' });
      await job.uses({ 'client-id': 'two' });
      await job.run(
        'for name in LATER STATE_token STATE_other INPUT_MODE; do echo $name=yes; done >> "$GITHUB_ENV"',
      );
      const posts = await job.finish({ inputs: { mode: 'changed' } });
      expect(posts.map((post) => post.stdout)).toEqual([
        'two,changed,p8e-test-token,yes,yes\n',
        'one,changed,p8e-test-token,yes,yes\n',
      ]);
    },
  );

  test.skipIf(onWindows)('makes the environment from nothing', async ({ startJob }) => {
    vi.stubEnv('P8E_TEST_LEAK', 'p8e-test-leak');
    onTestFinished(() => {
      vi.unstubAllEnvs();
    });
    const job = await start(startJob, { env: { GITHUB_REPOSITORY: 'a/b' } });
    await job.run('echo GITHUB_ACTIONS=no >> "$GITHUB_ENV"');
    const { outputs } = await job.uses({ mode: '' }, { env: { CI: 'no' }, debug: true });
    const env: unknown = JSON.parse(outputs['env'] ?? '{}');
    expect(env).toMatchObject({
      'INPUT_CLIENT-ID': '',
      INPUT_SOME_NAME: 'fallback',
      INPUT_MODE: '',
      GITHUB_ACTIONS: 'true',
      GITHUB_REPOSITORY: 'a/b',
      GITHUB_WORKSPACE: job.workspace,
      RUNNER_TEMP: job.temp,
      RUNNER_DEBUG: '1',
      CI: 'no',
    });
    expect(env).not.toHaveProperty('P8E_TEST_LEAK');
  });

  test('reads the files of a step that fails, and runs its post', async ({ startJob }) => {
    const job = await start(startJob);
    const step = await job.uses({ mode: 'fail' });
    expect(step).toMatchObject({ exitCode: 3, failed: true, env: { TOKEN: 'p8e-test-token' } });
    expect(step.outputs).toHaveProperty('env');
    expect(step.annotations.slice(1)).toEqual([
      { level: 'error', message: "Unable to process file command 'output' successfully." },
      { level: 'error', message: "Invalid format 'bad'" },
    ]);
    expect((await job.finish()).map((post) => post.failed)).toEqual([false]);
  });

  test('obeys commands on both streams, and records those that were injected', async ({
    startJob,
  }) => {
    const job = await start(startJob, { secrets: ['p8e-test-known'] });
    const script = `
      const lines = ['::group::p8e-test-known', '::debug::hidden', 'x ##[set-output name=a]b',
        '::stop-commands::x', 'text\\r##[warning]after CR', '::add-mask::p8e-test-new', 'p8e-test-new'];
      console.log(lines.join('\\n'));
      console.error('::notice::p8e-test-known');`;
    const step = await job.run(['--eval', script]);
    expect(step.log).toContain('##[group]***');
    expect(step.log).not.toMatch(/^##\[debug\]/m);
    expect(step.log).toMatch(/^\*\*\*$/m);
    expect(step.unexpectedCommands).toEqual(['set-output', 'stop-commands']);
    expect(step.outputs).toEqual({});
    expect(step.annotations).toEqual(
      expect.arrayContaining([
        { level: 'notice', message: '***' },
        { level: 'warning', message: 'after CR' },
      ]),
    );
  });

  test('keeps the files of all steps until it ends', async ({ startJob }) => {
    const job = await start(startJob);
    await job.run(['--version']);
    await job.run(['--version']);
    expect(await readdir(join(job.temp, '_runner_file_commands'))).toHaveLength(8);
    await job.dispose();
    await expect(access(job.temp)).rejects.toThrow('ENOENT');
  });
});
