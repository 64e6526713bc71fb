/** The runner that the tests use, held to what GitHub's runner does. */

import { describe, expect, onTestFinished, vi } from 'vitest';

import { createLineReader, parseCommand, parseEntries } from './commands.ts';
import { test } from './fixtures.ts';
import { createMasker } from './masker.ts';

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
    ['another case (not covered)', 'p8e-test', 'P8E-TEST', 'P8E-TEST'],
    ['hex (not covered)', 'p8e', '703865', '703865'],
    ['one character', 'e', 'p8e-test', 'p8***-t***st'],
    ['neighbours', 'p8e', 'p8ep8e p8e', '*** ***'],
    ['overlapping places', 'aba', 'xababax', 'x***x'],
    ['a blank (refused)', ' ', 'a b', 'a b'],
    ['each line', 'abc\ndef\r\n ghi', 'abc-def-ghi', '***-***-***'],
    ['all lines', 'abc\ndef\r\nghi', '<abc\ndef\r\nghi>', '<***>'],
    ['blanks around a mask', ' p8e-test ', '< p8e-test >', '<***>'],
  ] as const)('treats %s as the runner does', ([, secret, text, expected]) => {
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
    ['with neither = nor <<', 'a=1\nb\nc=3', "Invalid format 'b'"],
    ['without a delimiter', 'a=1\nb<<\n', "Invalid format 'b<<'"],
    ['without an end', 'a=1\nb<<E\nx\n', "Invalid value. Matching delimiter not found 'E'"],
    [
      'with a CR after its end',
      'a=1\nb<<E\nE\r\n',
      "Invalid value. Matching delimiter not found 'E'",
    ],
  ] as const)('an entry %s is refused; what came before stays', ([, content, error]) => {
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

describe('a job', () => {
  test('obeys commands, and records those that were injected', async ({ startJob }) => {
    const job = await startJob({ secrets: ['p8e-test-known'] });
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

  test('applies the entries of a file up to a bad one, and fails the step', async ({ job }) => {
    const script = `
      const { appendFileSync } = require('node:fs');
      appendFileSync(process.env.GITHUB_ENV, 'A=1\\nnode_options=--inspect\\nbad');`;
    const step = await job.run(['--eval', script]);
    expect(step).toMatchObject({ exitCode: 0, failed: true, env: { A: '1' } });
    expect(step.annotations.map(({ message }) => message)).toEqual([
      "Can't store node_options output parameter using '$GITHUB_ENV' command.",
      "Unable to process file command 'env' successfully.",
      "Invalid format 'bad'",
    ]);
  });

  test('makes the environment from nothing', async ({ job }) => {
    vi.stubEnv('P8E_TEST_LEAK', 'p8e-test-leak');
    onTestFinished(() => {
      vi.unstubAllEnvs();
    });
    const { stdout } = await job.run(['-p', 'JSON.stringify(process.env)'], { debug: true });
    const env: unknown = JSON.parse(stdout);
    expect(env).toMatchObject({ GITHUB_ACTIONS: 'true', RUNNER_TEMP: job.temp, RUNNER_DEBUG: '1' });
    expect(env).not.toHaveProperty('P8E_TEST_LEAK');
  });
});
