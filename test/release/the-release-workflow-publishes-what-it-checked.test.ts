/** The steps of the release that decide, as they stand in the workflow, with the real `gh`. */

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { text } from 'node:stream/consumers';

import { describe, expect, it, onTestFinished } from 'vitest';
import { parse } from 'yaml';

type Step = {
  readonly name?: string;
  readonly run?: string;
  readonly env?: Readonly<Record<string, string>>;
};
type Job = { readonly steps: readonly Step[] };

const root = join(import.meta.dirname, '../..');
const { jobs } = parse(readFileSync(join(root, '.github/workflows/release.yml'), 'utf8')) as {
  readonly jobs: Readonly<Record<'build' | 'publish', Job>>;
};
const names = (job: Job): readonly string[] => job.steps.map(({ name }) => name ?? '');
function step(name: string, job: Job = jobs.publish): Step {
  const found = job.steps.find((one) => one.name === name);
  if (found === undefined) throw new Error(`No step "${name}"`);
  return found;
}

const COMMIT = 'c0ffee'.padEnd(40, '0');
/** Leaves requests to the real one; notes what would publish. */
const GH = `#!/bin/sh
case "$1 $2" in
  "release create") echo "create $3" >> "$FOLDER/done" ;;
  "release list") printf 'v1.9.0\\nv1.10.0\\nv2.0.0\\n' ;;
  *) exec "$GH" "$@" ;;
esac
`;

type Result = {
  readonly code: unknown;
  readonly log: string;
  readonly done: string;
  readonly requests: readonly string[];
};
/** Status and answer by the end of an address. */
type Answers = Readonly<Record<string, readonly [status: number, answer: object | string]>>;

/** Runs a step as GitHub does, against an API with these answers. */
async function run(
  { run: script = '' }: Step,
  env: NodeJS.ProcessEnv,
  answers: Answers = {},
): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), 'publish-'));
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const { method = '', url = '' } = request;
    requests.push(`${method} ${url.replace(/^\/repos\/o\/r\//, '')}`);
    const [status, answer] = Object.entries(answers).find(([address]) =>
      url.endsWith(address),
    )?.[1] ?? [404, { message: 'Not Found' }];
    response.writeHead(status, {
      'content-type': typeof answer === 'string' ? 'text/html' : 'application/json',
    });
    response.end(typeof answer === 'string' ? answer : JSON.stringify(answer));
  });
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
    rmSync(folder, { recursive: true });
  });
  // Over a socket, gh speaks plain HTTP, and cannot reach anything else.
  await once(server.listen(join(folder, 'socket')), 'listening');
  mkdirSync(join(folder, 'bin'));
  writeFileSync(join(folder, 'bin/gh'), GH);
  chmodSync(join(folder, 'bin/gh'), 0o755);
  writeFileSync(join(folder, 'config.yml'), `http_unix_socket: ${join(folder, 'socket')}\n`);
  const real = spawnSync('which', ['gh'], { encoding: 'utf8' }).stdout.trim();
  const child = spawn('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', script], {
    cwd: folder,
    env: {
      PATH: `${join(folder, 'bin')}${delimiter}${process.env['PATH'] ?? ''}`,
      HOME: folder,
      GH_CONFIG_DIR: folder,
      GH_TOKEN: 'test',
      GH_REPO: 'o/r',
      GITHUB_SHA: COMMIT,
      FOLDER: folder,
      GH: real,
      ...env,
    },
  });
  const closed = once(child, 'close');
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const [code] = (await closed) as readonly unknown[];
  const done = spawnSync('cat', [join(folder, 'done')], { encoding: 'utf8' }).stdout;
  return { code, log: out + err, done, requests };
}

const hasGh = spawnSync('gh', ['--version']).status === 0 || process.env['CI'] === 'true';
// The steps run there.
const onLinux = process.platform === 'linux';

describe.each(['build', 'publish'] as const)('the job `%s` of a release', (name) => {
  const first = jobs[name].steps[0] ?? {};

  it('looks first at who started it', () => {
    expect(first).toEqual({
      name: 'A person started this run',
      run: expect.any(String) as string,
      env: { ACTORS: '${{ github.actor }}, ${{ github.triggering_actor }}' },
    });
  });

  it.runIf(onLinux).each([
    ['a, b', 0],
    ['github-actions[bot], b', 1],
    ['a, github-actions[bot]', 1],
  ])('goes on, or not: %s', async (ACTORS, code) => {
    expect(await run(first, { ACTORS })).toMatchObject({ code });
  });
});

describe('a release', () => {
  it('asks whether releases are immutable before anything is signed', () => {
    const order = names(jobs.publish);
    expect(order.indexOf('Releases are immutable')).toBeGreaterThan(0);
    expect(order.indexOf('Releases are immutable')).toBeLessThan(
      order.indexOf('Sign the provenance'),
    );
  });

  it('checks the settings with a Node that is there, before npm installs anything', () => {
    const steps = jobs.build.steps.map((one) => JSON.stringify(one));
    const at = (text: string): number => steps.findIndex((step) => step.includes(text));
    expect(at('actions/setup-node')).toBeLessThan(at('npm run settings:check'));
    expect(at('npm run settings:check')).toBeLessThan(at('npm ci'));
  });

  it.runIf(onLinux).each([
    ['1.0.0', 1],
    ['v1.0', 1],
    ['v1.0.0-rc.1', 1],
    ['v1.0.0\nx', 1],
    ['v1.0.0', 0],
  ])('with the tag %j ends the step with %i', async (TAG, code) => {
    expect(await run(step('The version is one'), { TAG })).toMatchObject({ code });
  });
});

describe.runIf(onLinux && hasGh)('with the real gh, a release', () => {
  const off = /::error::Releases are not immutable/;
  const unknown = /::error::GitHub did not say whether/;

  it.each<readonly [string, number, RegExp, Answers]>([
    [
      'is made when releases are immutable',
      0,
      /^$/,
      { '/immutable-releases': [200, { enabled: true, enforced_by_owner: false }] },
    ],
    ['stops when they are not', 1, off, { '/immutable-releases': [404, { message: 'Not Found' }] }],
    ['stops when they are no longer', 1, off, { '/immutable-releases': [200, { enabled: false }] }],
    ['stops when nothing is said', 1, off, { '/immutable-releases': [200, {}] }],
    [
      'stops when the app may not ask',
      1,
      unknown,
      { '/immutable-releases': [403, { message: 'Resource not accessible' }] },
    ],
    [
      'stops when GitHub fails',
      1,
      unknown,
      { '/immutable-releases': [502, '<html>HTTP 4040</html>'] },
    ],
  ])('%s', async (_name, code, log, answers) => {
    const result = await run(step('Releases are immutable'), {}, answers);
    expect(result.log).toMatch(log);
    expect(result.code).toBe(code);
  });

  const create = step('Create the tag and the release, unless an earlier attempt of this run did');
  it.each<readonly [string, number, string, Answers]>([
    ['is created when there is none', 0, 'create v1.10.0\n', {}],
    ['is not created again', 0, '', { '/releases/tags/v1.10.0': [200, { id: 1 }] }],
    ['is not created when GitHub fails', 1, '', { '/releases/tags/v1.10.0': [502, 'Bad Gateway'] }],
    ['is not created when the app may not ask', 1, '', { '/releases/tags/v1.10.0': [403, {}] }],
  ])('%s', async (_name, code, done, answers) => {
    expect(await run(create, { TAG: 'v1.10.0' }, answers)).toMatchObject({ code, done });
  });

  const checks = step('The release is of this commit, and can no longer be changed');
  const good: Answers = {
    '/commits/tags/v1.10.0': [200, { sha: COMMIT }],
    '/releases/tags/v1.10.0': [200, { immutable: true }],
  };
  it.each<readonly [string, number, Answers]>([
    ['of this commit, immutable', 0, good],
    ['of another commit', 1, { ...good, '/commits/tags/v1.10.0': [200, { sha: 'x' }] }],
    ['that can be changed', 1, { ...good, '/releases/tags/v1.10.0': [200, { immutable: false }] }],
    ['that GitHub does not show', 1, { ...good, '/releases/tags/v1.10.0': [502, 'Bad Gateway'] }],
  ])('is judged: %s', async (_name, code, answers) => {
    expect(await run(checks, { TAG: 'v1.10.0' }, answers)).toMatchObject({ code });
  });

  const move = step('Move the tag of the major version');
  const moved: Answers = {
    '/git/ref/tags/v1': [200, {}],
    '/git/refs/tags/v1': [200, {}],
    '/git/refs': [201, {}],
  };
  it.each<readonly [string, string, number, readonly string[], Answers]>([
    ['moves v1', 'v1.10.0', 0, ['GET git/ref/tags/v1', 'PATCH git/refs/tags/v1'], moved],
    [
      'makes v1',
      'v1.10.0',
      0,
      ['GET git/ref/tags/v1', 'POST git/refs'],
      { '/git/refs': [201, {}] },
    ],
    ['leaves v1 at a newer one', 'v1.9.0', 0, [], moved],
    [
      'makes no v1 when GitHub fails',
      'v1.10.0',
      1,
      ['GET git/ref/tags/v1'],
      { ...moved, '/git/ref/tags/v1': [502, ''] },
    ],
  ])('%s', async (_name, TAG, code, requests, answers) => {
    expect(await run(move, { TAG }, answers)).toMatchObject({ code, requests });
  });
});

it('both signatures are in the file that is published, one a line', () => {
  const { run: script = '', env } = step('Put both signatures into one file');
  expect(env).toEqual({
    PROVENANCE: '${{ steps.provenance.outputs.bundle-path }}',
    SBOM: '${{ steps.sbom.outputs.bundle-path }}',
  });
  expect(
    step('Create the tag and the release, unless an earlier attempt of this run did').run,
  ).toContain('adobe-ims-token.intoto.jsonl');
  // A machine without jq sees the first half of this test.
  if (process.env['CI'] !== 'true' && spawnSync('jq', ['--version']).status !== 0) return;
  const folder = mkdtempSync(join(tmpdir(), 'bundles-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  writeFileSync(join(folder, 'a.json'), '{\n  "a": 1\n}');
  writeFileSync(join(folder, 'b.json'), '{"b":2}\n');
  const { status } = spawnSync('bash', ['-eo', 'pipefail', '-c', script], {
    cwd: folder,
    env: { ...process.env, PROVENANCE: 'a.json', SBOM: 'b.json' },
  });
  expect(status).toBe(0);
  expect(readFileSync(join(folder, 'adobe-ims-token.intoto.jsonl'), 'utf8')).toBe(
    '{"a":1}\n{"b":2}\n',
  );
});
