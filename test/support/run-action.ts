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
import { delimiter, dirname, join, resolve } from 'node:path';
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
  /** Masked line by line, as shown. */
  readonly summary: string;
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
  readonly id?: string;
  /** The step's `env:`. */
  readonly env?: Variables;
  /** Whether step debug logging is on. */
  readonly debug?: boolean;
  readonly onStart?: (child: ChildProcess) => void;
  /** Called with each raw line of either stream. */
  readonly onLine?: (rawLine: string) => void;
};

/** How the post steps differ from their main steps. */
export type PostOptions = Omit<StepOptions, 'id'> & {
  /** What inputs evaluate to by now: the runner evaluates them again. */
  readonly inputs?: Variables;
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
  /** Runs a bash script, or node with the arguments given. */
  readonly run: (command: string | readonly string[], options?: StepOptions) => Promise<StepResult>;
  /** Runs the post steps, the last registered first; returns their results in that order. */
  readonly finish: (options?: PostOptions) => Promise<readonly StepResult[]>;
  /** Whether GitHub would drop this value as an output of the job, as it contains a secret. */
  readonly wouldDropJobOutput: (value: string) => boolean;
  /** Ends what still runs and removes the job's files. */
  readonly dispose: () => Promise<void>;
};

/** What the job starts with. */
export type JobOptions = {
  /** Where action.yml is; this repository by default. */
  readonly actionDirectory?: string;
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
  readonly id: string;
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
  readonly program: string;
  readonly argv: readonly string[];
  readonly inputs: Variables;
  /** Lines before the process starts; `env` is what the header prints of the environment. */
  readonly header: (console: StepConsole, env: Variables) => void;
};

type Exit = Pick<StepResult, 'exitCode' | 'signal' | 'stdout' | 'stderr'>;

const FILE_COMMANDS: Readonly<Record<keyof Files, readonly [variable: string, prefix: string]>> = {
  output: ['GITHUB_OUTPUT', 'set_output_'],
  env: ['GITHUB_ENV', 'set_env_'],
  state: ['GITHUB_STATE', 'save_state_'],
  summary: ['GITHUB_STEP_SUMMARY', 'step_summary_'],
};

const NODE_MAJOR = 24;

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function field(value: unknown, name: string): unknown {
  return isRecord(value) ? value[name] : undefined;
}

function text(value: unknown): string {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}

async function readManifest(directory: string): Promise<Manifest> {
  const manifest: unknown = parse(await readFile(join(directory, 'action.yml'), 'utf8'));
  const runs = field(manifest, 'runs');
  if (field(runs, 'using') !== `node${NODE_MAJOR}`) {
    throw new Error(`action.yml must have "using: node${NODE_MAJOR}"`);
  }
  // Without it, the runner starts post always.
  if (field(runs, 'post-if') !== undefined) throw new Error('this runner knows no post-if');
  const declared = Object.entries(field(manifest, 'inputs') ?? {});
  return {
    inputs: Object.fromEntries(declared.map(([name, of]) => [name, text(field(of, 'default'))])),
    main: resolve(directory, text(field(runs, 'main'))),
    post: resolve(directory, text(field(runs, 'post'))),
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

function githubVariables(job: JobState): Variables {
  return {
    GITHUB_ACTIONS: 'true',
    GITHUB_ACTION_REF: '',
    // Empty for an action that is used by its path.
    GITHUB_ACTION_REPOSITORY: '',
    GITHUB_EVENT_NAME: 'push',
    GITHUB_JOB: 'test',
    GITHUB_REF: 'refs/heads/main',
    GITHUB_REPOSITORY: 'octo-org/octo-repo',
    GITHUB_REPOSITORY_ID: '1296269',
    GITHUB_RUN_ATTEMPT: '1',
    GITHUB_RUN_ID: '1658821493',
    GITHUB_SERVER_URL: 'https://github.com',
    GITHUB_SHA: 'ffac537e6cbbf934b08745a378932722df287a53',
    GITHUB_WORKFLOW: 'test',
    GITHUB_WORKSPACE: job.workspace,
  };
}

function runnerVariables(job: JobState, debug: boolean): Variables {
  const systems: Readonly<Record<string, string>> = { darwin: 'macOS', win32: 'Windows' };
  return {
    RUNNER_ARCH: process.arch.toUpperCase(),
    RUNNER_ENVIRONMENT: 'github-hosted',
    RUNNER_OS: systems[process.platform] ?? 'Linux',
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

/** Where the tools of the system are. */
function systemPath(): string {
  const system =
    process.platform === 'win32' ? process.env['PATH'] : '/usr/local/bin:/usr/bin:/bin';
  return [dirname(process.execPath), system].join(delimiter);
}

/** The process's environment, made from nothing: later parts replace earlier ones. */
function environment(job: JobState, launch: Launch, files: Files, workflow: Variables): Variables {
  const paths = Object.entries(FILE_COMMANDS) as [keyof Files, readonly [string, string]][];
  return {
    ...systemVariables(),
    PATH: systemPath(),
    HOME: job.home,
    CI: 'true',
    ...workflow,
    ...withPrefix('STATE_', launch.state),
    ...inputVariables(launch.inputs),
    ...githubVariables(job),
    GITHUB_ACTION: launch.id,
    ...Object.fromEntries(paths.map(([file, [variable]]) => [variable, files[file]])),
    ...runnerVariables(job, launch.options.debug ?? false),
    ...job.runnerEnv,
  };
}

async function mapFiles(map: (file: keyof Files) => Promise<string>): Promise<Files> {
  const [output, env, state, summary] = await Promise.all([
    map('output'),
    map('env'),
    map('state'),
    map('summary'),
  ]);
  return { output, env, state, summary };
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
  const child = spawn(launch.program, launch.argv, {
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

async function runStep(job: JobState, launch: Launch): Promise<StepResult> {
  const paths = await createFiles(job);
  const step = new StepConsole(job, launch.state, launch.options.debug ?? false);
  const workflow = { ...Object.fromEntries(job.env), ...launch.options.env };
  launch.header(step, workflow);
  const started = performance.now();
  const exit = await execute(job, launch, environment(job, launch, paths, workflow), step);
  const durationMs = performance.now() - started;
  const files = await mapFiles((file) => readFile(paths[file], 'utf8'));
  step.acceptFiles(files);
  const summary = files.summary.split('\n').map((line) => job.masker.mask(line));
  return {
    ...exit,
    log: step.lines.join('\n'),
    outputs: Object.fromEntries(step.outputs),
    env: Object.fromEntries(step.env),
    state: Object.fromEntries(launch.state),
    summary: summary.join('\n'),
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
  const filled = Object.entries(inputs).filter(([, value]) => value !== '');
  const header = (console: StepConsole, env: Variables): void => {
    console.write('##[group]Run ./');
    console.writeSection('with', Object.fromEntries(filled));
    console.writeSection('env', env);
    console.write('##[endgroup]');
  };
  return runStep(job, {
    ...step,
    program: process.execPath,
    argv: [manifest.main],
    inputs,
    header,
  });
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
      program: process.execPath,
      argv: [manifest.post],
      inputs: { ...manifest.inputs, ...step.given, ...inputs },
      options: { debug: debug ?? false, ...options, env: { ...env, ...options.env } },
      header: (console) => {
        console.write('Post job cleanup.');
      },
    });
    results.push(result);
  }
  return results;
}

async function runScript(
  job: JobState,
  command: string | readonly string[],
  options: StepOptions,
): Promise<StepResult> {
  const isShell = typeof command === 'string';
  const script = join(job.temp, `${randomUUID()}.sh`);
  if (isShell) await writeFile(script, command);
  return runStep(job, {
    id: '__run',
    program: isShell ? 'bash' : process.execPath,
    argv: isShell ? ['-e', script] : command,
    given: {},
    inputs: {},
    state: new Map(),
    options,
    header: (console, env) => {
      console.write(`##[group]Run ${isShell ? command : ['node', ...command].join(' ')}`);
      console.writeSection('env', env);
      console.write('##[endgroup]');
    },
  });
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
  const directory = options.actionDirectory ?? resolve(import.meta.dirname, '..', '..');
  const manifest = await readManifest(directory);
  const job = await createJobState(options);
  return {
    temp: job.temp,
    workspace: job.workspace,
    get log() {
      return job.lines.join('\n');
    },
    uses: (given, step = {}) =>
      runMain(job, manifest, { id: step.id ?? '__self', given, state: new Map(), options: step }),
    run: (command, step = {}) => runScript(job, command, step),
    finish: (post = {}) => runPosts(job, manifest, post),
    wouldDropJobOutput: (value) => job.masker.mask(value) !== value,
    dispose: async () => {
      for (const child of job.children) child.kill('SIGKILL');
      await rm(job.root, { recursive: true, force: true });
    },
  };
}
