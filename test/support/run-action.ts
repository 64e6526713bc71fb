/**
 * Runs the built action as GitHub's runner does: as a child process, with the runner's environment,
 * its file commands, its workflow commands, its masker and its post steps. It models what this action
 * can meet. A command that only other actions give is recorded, not obeyed.
 *
 * Source: actions/runner, `ActionRunner.cs`, `NodeScriptActionHandler.cs`, `ExecutionContext.cs`.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { parse } from 'yaml';

import { createLineReader } from './commands.ts';
import { createMasker } from './masker.ts';
import { type Annotation, type Files, type JobLog, StepConsole } from './step-console.ts';

type Variables = Readonly<Record<string, string>>;

/** What one step did. */
export type StepResult = {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Raw, unmasked. */
  readonly stdout: string;
  /** Raw, unmasked. */
  readonly stderr: string;
  /** What a person sees: the header, then the lines, masked. */
  readonly log: string;
  readonly outputs: Variables;
  /** What this step exported for later ones. */
  readonly env: Variables;
  readonly state: Variables;
  readonly annotations: readonly Annotation[];
  /** The values of this step's `::add-mask::` commands, in order. */
  readonly masks: readonly string[];
  readonly durationMs: number;
  readonly failed: boolean;
  /** The raw contents of the file commands. */
  readonly files: Files;
  /** Names of commands that the action never gives, such as set-output or stop-commands. */
  readonly unexpectedCommands: readonly string[];
};

/** How one step differs from an ordinary one. */
export type StepOptions = {
  /** The step's `env:`. */
  readonly env?: Variables;
  /** Whether step debug logging is on. */
  readonly debug?: boolean;
  readonly onStart?: (child: ChildProcess) => void;
  /** Called with each raw line of either stream. */
  readonly onLine?: (rawLine: string) => void;
};

/** How the post steps differ from their main steps. */
export type PostOptions = StepOptions & {
  /** What inputs evaluate to by now: the runner evaluates them again. */
  readonly inputs?: Variables;
};

/** For `onStart`: sends the signal as soon as a phase of the step has come. */
export const when =
  (come: () => boolean, signal: NodeJS.Signals) =>
  (child: ChildProcess): void => {
    const timer = setInterval(() => {
      if (!come()) return;
      clearInterval(timer);
      child.kill(signal);
    }, 5);
    child.once('exit', () => {
      clearInterval(timer);
    });
  };

/** A job on a runner of its own. Its steps run one after the other. */
export type Job = {
  /** RUNNER_TEMP */
  readonly temp: string;
  /** GITHUB_WORKSPACE */
  readonly workspace: string;
  /** The whole masked log so far. */
  readonly log: string;
  /** Runs the action's main and registers its post step. */
  readonly uses: (inputs: Variables, options?: StepOptions) => Promise<StepResult>;
  /** Runs node with these arguments. */
  readonly run: (argv: readonly string[], options?: StepOptions) => Promise<StepResult>;
  /** Runs the post steps, the last registered first; returns their results in that order. */
  readonly finish: (options?: PostOptions) => Promise<readonly StepResult[]>;
  /** Ends what still runs and removes the job's files. */
  readonly dispose: () => Promise<void>;
};

/** What the job starts with. */
export type JobOptions = {
  /** Secrets that the masker knows from the start. */
  readonly secrets?: readonly string[];
  /**
   * The workflow's `env:`. Names that begin with GITHUB_, RUNNER_ or ACTIONS_ replace what the
   * runner itself sets, and so are not printed.
   */
  readonly env?: Variables;
};

type Manifest = {
  /** Each input with its default. */
  readonly inputs: Variables;
  readonly main: string;
  readonly post: string;
};

/** What the stages of one step share. */
type Step = {
  readonly given: Variables;
  readonly state: Map<string, string>;
  readonly options: StepOptions;
};

type JobState = JobLog & {
  readonly root: string;
  readonly temp: string;
  readonly workspace: string;
  readonly home: string;
  readonly runnerEnv: Variables;
  readonly posts: Step[];
  readonly children: Set<ChildProcess>;
};

type Launch = Step & {
  readonly argv: readonly string[];
  readonly inputs: Variables;
  /** What the header says is run; a post step has another header. */
  readonly run?: string;
};

type Exit = Pick<StepResult, 'exitCode' | 'signal' | 'stdout' | 'stderr'>;

const FILE_COMMANDS: Readonly<Record<keyof Files, readonly [variable: string, prefix: string]>> = {
  output: ['GITHUB_OUTPUT', 'set_output_'],
  env: ['GITHUB_ENV', 'set_env_'],
  state: ['GITHUB_STATE', 'save_state_'],
  summary: ['GITHUB_STEP_SUMMARY', 'step_summary_'],
};

const ROOT = resolve(import.meta.dirname, '..', '..');
const NODE_MAJOR = 24;

/** What of action.yml the runner reads. */
type ActionFile = {
  readonly inputs: Readonly<Record<string, { readonly default?: string }>>;
  readonly runs: Readonly<Record<string, string>>;
};

async function readManifest(): Promise<Manifest> {
  const { inputs, runs } = parse(await readFile(join(ROOT, 'action.yml'), 'utf8')) as ActionFile;
  const { using, main = '', post = '' } = runs;
  // Without `post-if`, the runner starts post always.
  if (using !== `node${NODE_MAJOR}` || 'post-if' in runs)
    throw new Error(`this runner knows node${NODE_MAJOR} without post-if alone`);
  const defaults = Object.entries(inputs).map(([name, of]) => [name, of.default ?? ''] as const);
  return {
    inputs: Object.fromEntries(defaults),
    main: resolve(ROOT, main),
    post: resolve(ROOT, post),
  };
}

function withPrefix(prefix: string, values: Iterable<readonly [string, string]>): Variables {
  return Object.fromEntries([...values].map(([name, value]) => [`${prefix}${name}`, value]));
}

/** `INPUT_` names: spaces become underscores, hyphens and dots stay. */
function inputVariables(inputs: Variables): Variables {
  const entries = Object.entries(inputs).map(
    ([name, value]) => [name.replaceAll(' ', '_').toUpperCase(), value] as const,
  );
  return withPrefix('INPUT_', entries);
}

function runnerVariables(job: JobState, debug: boolean): Variables {
  return {
    GITHUB_ACTIONS: 'true',
    GITHUB_JOB: 'test',
    GITHUB_REPOSITORY: 'octo-org/octo-repo',
    GITHUB_RUN_ATTEMPT: '1',
    GITHUB_RUN_ID: '1658821493',
    GITHUB_SERVER_URL: 'https://github.com',
    GITHUB_WORKSPACE: job.workspace,
    RUNNER_TEMP: job.temp,
    ...(debug ? { RUNNER_DEBUG: '1', ACTIONS_STEP_DEBUG: 'true' } : {}),
  };
}

/** Without these, a process cannot open a socket or draw a random number on Windows. */
function systemVariables(): Variables {
  const names = ['SystemRoot', 'SystemDrive', 'windir', 'ComSpec', 'PATHEXT', 'TEMP', 'TMP'];
  if (process.platform !== 'win32') return {};
  return Object.fromEntries(names.map((name) => [name, process.env[name] ?? '']));
}

/** The process's environment, made from nothing: later parts replace earlier ones. */
function environment(job: JobState, launch: Launch, files: Files, workflow: Variables): Variables {
  const paths = Object.entries(FILE_COMMANDS) as [keyof Files, readonly [string, string]][];
  return {
    ...systemVariables(),
    PATH: dirname(process.execPath),
    HOME: job.home,
    CI: 'true',
    ...workflow,
    ...withPrefix('STATE_', launch.state),
    ...inputVariables(launch.inputs),
    ...runnerVariables(job, launch.options.debug ?? false),
    ...Object.fromEntries(paths.map(([file, [variable]]) => [variable, files[file]])),
    ...job.runnerEnv,
  };
}

async function mapFiles(map: (file: keyof Files) => Promise<string>): Promise<Files> {
  const names = Object.keys(FILE_COMMANDS) as (keyof Files)[];
  const values = await Promise.all(names.map(async (file) => [file, await map(file)] as const));
  return Object.fromEntries(values) as Files;
}

/** Makes the step's empty files. They stay until the job ends, as on the runner. */
async function createFiles(job: JobState): Promise<Files> {
  const id = randomUUID();
  return mapFiles(async (file) => {
    const path = join(job.temp, '_runner_file_commands', `${FILE_COMMANDS[file][1]}${id}`);
    await writeFile(path, '');
    return path;
  });
}

/**
 * Feeds both streams to the console line by line.
 * Of what has arrived, the runner handles stderr first: a secret on stderr can overtake its mask.
 */
function readStreams(
  child: ChildProcess,
  onLine: (line: string) => void,
): () => { readonly stdout: string; readonly stderr: string } {
  const raw = { stdout: '', stderr: '' };
  const queues: Record<'stderr' | 'stdout', string[]> = { stderr: [], stdout: [] };
  const readers = { stderr: createLineReader(), stdout: createLineReader() };
  let scheduled: NodeJS.Immediate | undefined;
  const drain = (): void => {
    scheduled = undefined;
    for (const line of [...queues.stderr.splice(0), ...queues.stdout.splice(0)]) onLine(line);
  };
  for (const name of ['stderr', 'stdout'] as const) {
    child[name]?.setEncoding('utf8');
    child[name]?.on('data', (piece: string) => {
      raw[name] += piece;
      queues[name].push(...readers[name].push(piece));
      scheduled ??= setImmediate(drain);
    });
  }
  return () => {
    clearImmediate(scheduled);
    for (const name of ['stderr', 'stdout'] as const) queues[name].push(...readers[name].end());
    drain();
    return raw;
  };
}

/** Starts the process with closed stdin and pipes, and waits until both streams have ended. */
function execute(job: JobState, launch: Launch, env: Variables, step: StepConsole): Promise<Exit> {
  const { promise, resolve: settle, reject } = Promise.withResolvers<Exit>();
  const child = spawn(process.execPath, launch.argv, {
    cwd: job.workspace,
    env: { ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const end = readStreams(child, (line) => {
    step.accept(line);
    launch.options.onLine?.(line);
  });
  job.children.add(child);
  child.on('error', reject);
  child.on('close', (exitCode, signal) => {
    job.children.delete(child);
    settle({ exitCode, signal, ...end() });
  });
  // A process that ended at once breaks the pipe; that is no failure of the step.
  child.stdin.on('error', () => undefined);
  child.stdin.end();
  launch.options.onStart?.(child);
  return promise;
}

/** The lines before the process starts. */
function writeHeader(console: StepConsole, { run, inputs }: Launch, env: Variables): void {
  if (run === undefined) {
    console.write('Post job cleanup.');
    return;
  }
  const filled = Object.entries(inputs).filter(([, value]) => value !== '');
  console.write(`##[group]Run ${run}`);
  console.writeSection('with', Object.fromEntries(filled));
  console.writeSection('env', env);
  console.write('##[endgroup]');
}

async function runStep(job: JobState, launch: Launch): Promise<StepResult> {
  const paths = await createFiles(job);
  const step = new StepConsole(job, launch.state, launch.options.debug ?? false);
  const workflow = { ...Object.fromEntries(job.env), ...launch.options.env };
  writeHeader(step, launch, workflow);
  const started = performance.now();
  const exit = await execute(job, launch, environment(job, launch, paths, workflow), step);
  const durationMs = performance.now() - started;
  const files = await mapFiles((file) => readFile(paths[file], 'utf8'));
  step.acceptFiles(files);
  return {
    ...exit,
    log: step.lines.join('\n'),
    outputs: Object.fromEntries(step.outputs),
    env: Object.fromEntries(step.env),
    state: Object.fromEntries(launch.state),
    annotations: step.annotations,
    masks: step.masks,
    durationMs,
    failed: step.failed || exit.exitCode !== 0,
    files,
    unexpectedCommands: step.unexpectedCommands,
  };
}

function runMain(job: JobState, manifest: Manifest, step: Step): Promise<StepResult> {
  // Registered before main starts, so that post runs even if main crashes.
  job.posts.push(step);
  // A given but empty input does not fall back to its default.
  const inputs = { ...manifest.inputs, ...step.given };
  return runStep(job, { ...step, argv: [manifest.main], inputs, run: './' });
}

async function runPosts(
  job: JobState,
  manifest: Manifest,
  { inputs, ...options }: PostOptions,
): Promise<readonly StepResult[]> {
  const results: StepResult[] = [];
  for (let step = job.posts.pop(); step !== undefined; step = job.posts.pop()) {
    const { env, debug } = step.options;
    const result = await runStep(job, {
      ...step,
      argv: [manifest.post],
      inputs: { ...manifest.inputs, ...step.given, ...inputs },
      options: { debug: debug ?? false, ...options, env: { ...env, ...options.env } },
    });
    results.push(result);
  }
  return results;
}

function runNode(
  job: JobState,
  argv: readonly string[],
  options: StepOptions,
): Promise<StepResult> {
  const run = ['node', ...argv].join(' ');
  return runStep(job, { argv, given: {}, inputs: {}, state: new Map(), options, run });
}

async function createJobState(options: JobOptions): Promise<JobState> {
  // The real path, as a process sees its own working directory.
  const root = await realpath(await mkdtemp(join(tmpdir(), 'run-action-')));
  const isRunners = ([name]: readonly [string, string]): boolean =>
    /^(?:GITHUB|RUNNER|ACTIONS)_/.test(name);
  const variables = Object.entries(options.env ?? {});
  const job: JobState = {
    root,
    temp: join(root, 'temp'),
    workspace: join(root, 'work', 'workspace'),
    home: join(root, 'home'),
    masker: createMasker(),
    lines: [],
    env: new Map(variables.filter((variable) => !isRunners(variable))),
    runnerEnv: Object.fromEntries(variables.filter(isRunners)),
    posts: [],
    children: new Set(),
  };
  const folders = [join(job.temp, '_runner_file_commands'), job.workspace, job.home];
  await Promise.all(folders.map((folder) => mkdir(folder, { recursive: true })));
  for (const secret of options.secrets ?? []) job.masker.addSecret(secret);
  return job;
}

/**
 * Starts a job with folders of its own; call `dispose` when done.
 * Throws if Node is older than the runner's, or if action.yml cannot be read.
 */
export async function startJob(options: JobOptions = {}): Promise<Job> {
  if (Number.parseInt(process.versions.node, 10) < NODE_MAJOR) {
    throw new Error(`the action needs Node ${NODE_MAJOR}, and this is ${process.versions.node}`);
  }
  const manifest = await readManifest();
  const job = await createJobState(options);
  return {
    temp: job.temp,
    workspace: job.workspace,
    get log() {
      return job.lines.join('\n');
    },
    uses: (given, step = {}) => runMain(job, manifest, { given, state: new Map(), options: step }),
    run: (argv, step = {}) => runNode(job, argv, step),
    finish: (post = {}) => runPosts(job, manifest, post),
    dispose: async () => {
      for (const child of job.children) child.kill('SIGKILL');
      await rm(job.root, { recursive: true, force: true });
    },
  };
}
