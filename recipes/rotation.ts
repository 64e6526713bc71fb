/**
 * Repeats the rotation of a client secret, and loses the answer to another request each time. A stored secret
 * must work at every moment. In the end the new one alone is stored.
 */

import { startIms, type Client } from '../test/support/ims-server.ts';
import { runInAct } from './act.ts';
import { CONSOLE_SCOPES } from './expected.ts';
import type { Workflow } from './pages.ts';
import { FAILED, type Harness, leaksIn, opened, type Result, settingsOf } from './recipe.ts';
import type { Answer, Received } from './server.ts';

export const ROTATION = 'Rotate the client secret';

type Secret = { readonly uuid: string; readonly value: string; readonly created: number };

/** Index of the request whose answer is lost, from 0; those to IMS do not count. Undefined: none is lost. */
type Break = number | undefined;

/** One credential: its secrets at Adobe, and what GitHub has stored. */
class Credential {
  readonly secrets: Secret[] = [];
  readonly everyValue: string[] = [];
  readonly lastUsed = new Map<string, number>();
  stored: string;
  requests: string[] = [];
  broken: Break;
  #now = 1000;
  readonly #key: string;

  constructor(publicKey: string) {
    this.#key = publicKey;
    this.stored = this.#add().value;
  }

  #add(): Secret {
    this.#now += 1;
    const value = `p8e-test-rotated-secret-${this.#now}`;
    const secret = { uuid: `uuid-${this.#now}`, value, created: this.#now };
    this.secrets.push(secret);
    this.everyValue.push(value);
    return secret;
  }

  /** The client secrets that IMS takes now. */
  get values(): readonly string[] {
    return this.secrets.map(({ value }) => value);
  }

  use(value: string): void {
    this.#now += 1;
    this.lastUsed.set(value, this.#now);
  }

  /** Whether a job that reads the stored secret now gets a token. */
  works(): boolean {
    return this.stored.split('\n').some((line) => this.values.includes(line));
  }

  settled(): boolean {
    return this.secrets.length === 1 && this.stored === this.secrets[0]?.value;
  }

  answer(received: Received): Answer {
    this.requests.push(received.request);
    const answer = this.#act(received);
    return this.requests.length - 1 === this.broken ? { lost: true } : answer;
  }

  #act({ request, body }: Received): Answer {
    const [method = '', url = ''] = request.split(' ');
    if (url.endsWith('/public-key')) return { body: { key_id: '1', key: this.#key } };
    if (url.startsWith('api.github.com/')) {
      this.stored = (body as { readonly opened: string }).opened;
      return { status: 201, body: {} };
    }
    if (method === 'GET') return { body: { client_secrets: this.secrets.map(this.#described) } };
    if (method === 'POST') {
      if (this.secrets.length === 2) return { status: 400, body: { message: 'at most two' } };
      const { uuid, value } = this.#add();
      return { status: 201, body: { uuid, client_secret: value } };
    }
    const at = this.secrets.findIndex(({ uuid }) => url.endsWith(`/${uuid}`));
    if (method !== 'DELETE' || at < 0) return { status: 404 };
    this.secrets.splice(at, 1);
    return { status: 204 };
  }

  readonly #described = ({ uuid, value, created }: Secret): object => {
    const last = this.lastUsed.get(value);
    const usages = [{ last_used_at: String(last), grant_type: 'client_credentials' }];
    return {
      uuid,
      created_at: String(created),
      secret_usages: last === undefined ? null : usages,
    };
  };
}

/** Runs the workflow once, against `credential`. */
async function run(harness: Harness, workflow: Workflow, credential: Credential): Promise<Result> {
  const settings = settingsOf(workflow, { ADOBE_CLIENT_SECRET: credential.stored });
  const client: Client = {
    id: settings.vars['ADOBE_CLIENT_ID'] ?? '',
    // Read anew for each request.
    get secrets() {
      return credential.values;
    },
    scopes: CONSOLE_SCOPES.split(','),
    grants: ['client_credentials'],
  };
  const ims = await startIms({ clients: [client] });
  credential.requests = [];
  harness.respondWith({
    ims,
    answer: (received) => credential.answer(opened(received, harness.box)),
    record: ({ body }, answer) => {
      const secret = (body as Partial<Record<string, string>>)['client_secret'];
      if (secret !== undefined && answer.status === 200) credential.use(secret);
    },
  });
  const { passed, log } = await runInAct(
    harness.installation,
    workflow,
    settings,
    harness.scratch(),
  );
  await ims.close();
  const problems = passed ? [] : [FAILED];
  const leaks = leaksIn(log, credential.everyValue);
  return { problems: [...problems, ...leaks], log, runs: 1, requests: 0 };
}

/** Runs that break as `breaks` says, then whole ones until the new secret alone is stored. */
async function recover(
  harness: Harness,
  workflow: Workflow,
  breaks: readonly Break[],
): Promise<Result & { readonly sent: readonly string[] }> {
  const credential = new Credential(harness.box.publicKey);
  const first = credential.stored;
  const problems: string[] = [];
  const title = breaks.map((at) => (at === undefined ? 'whole' : `broken after ${at}`)).join(', ');
  let log = '';
  const step = async (broken: Break): Promise<void> => {
    credential.broken = broken;
    const result = await run(harness, workflow, credential);
    const failed = result.problems.filter((text) => broken === undefined || text !== FAILED);
    problems.push(...failed.map((text) => `${title}: ${text}`));
    if (!credential.works()) problems.push(`${title}: no stored secret works`);
    log = result.log;
  };
  for (const broken of breaks) await step(broken);
  const sent = credential.requests;
  let runs = breaks.length;
  const done = (): boolean => credential.settled() && credential.stored !== first;
  for (; runs < breaks.length + 3 && !done(); runs += 1) await step(undefined);
  if (!done()) problems.push(`${title}: the new secret alone is not stored after three more runs`);
  return { problems, log, runs, requests: 0, sent };
}

/** The three states in which a run can begin, as the breaks that lead there. */
export const ROTATIONS: readonly { readonly when: string; readonly before: readonly Break[] }[] = [
  { when: 'broken in the first half', before: [] },
  { when: 'broken in the second half', before: [undefined] },
  // Its second request adds a secret, whose value is lost.
  { when: 'broken while it cleans up', before: [1] },
];

/** Breaks the run that follows `before`, after each of its requests. */
export async function runBrokenRotation(
  harness: Harness,
  workflow: Workflow,
  before: readonly Break[],
): Promise<Result> {
  let found = await recover(harness, workflow, [...before, undefined]);
  for (const at of found.sent.keys()) {
    const { problems, log, runs } = await recover(harness, workflow, [...before, at]);
    found = {
      ...found,
      problems: [...found.problems, ...problems],
      log: problems.length > 0 ? log : found.log,
      runs: found.runs + runs,
    };
  }
  return found;
}
