/**
 * Runs the built action as GitHub's runner does: as a child process, with the runner's environment,
 * its file commands, its workflow commands, its masker and its post steps.
 *
 * Source: actions/runner, `ActionRunner.cs`, `NodeScriptActionHandler.cs`, `ExecutionContext.cs`.
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { parse } from 'yaml';
import {
  COMMAND_NAMES,
  createLineReader,
  parseCommand,
  parseEntries,
  parsePaths,
} from './commands.ts';
import type { Entry, WorkflowCommand } from './commands.ts';
import { createMasker } from './masker.ts';
import type { Masker } from './masker.ts';

type Variables = Readonly<Record<string, string>>;
type FileKind = 'output' | 'env' | 'state' | 'path' | 'summary';
type Files = Readonly<Record<FileKind, string>>;

/** A line in the run's overview; the message is masked and cut as the runner does. */
export type Annotation = {
  readonly level: 'error' | 'warning' | 'notice';
  readonly message: string;
};

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
  /** Names of the deprecated commands seen: set-output, save-state, set-env, add-path. */
  readonly legacyCommands: readonly string[];
};

/** How one step differs from an ordinary one. */
export type StepOptions = {
  readonly id?: string;
  /** The step's `env:`. */
  readonly env?: Variables;
  readonly debug?: boolean;
  /** Whether the job goes on as a success when the step fails. */
  readonly continueOnError?: boolean;
  readonly onStart?: (child: ChildProcess) => void;
  /** Called with each raw line of either stream. */
  readonly onLine?: (rawLine: string) => void;
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
  readonly finish: () => Promise<readonly StepResult[]>;
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
  readonly debug?: boolean;
  /** RUNNER_TEMP, when the job shall not have its own; dispose leaves it where it is. */
  readonly temp?: string;
};

type Input = { readonly name: string; readonly fallback: string; readonly deprecation: string };

type Manifest = {
  readonly inputs: readonly Input[];
  readonly main: string;
  readonly post: string;
  readonly postIf: string;
};

type PostStep = { readonly file: string; readonly launch: Omit<Launch, 'argv' | 'header'> };

type JobState = {
  readonly root: string;
  readonly temp: string;
  readonly workspace: string;
  readonly home: string;
  readonly debug: boolean;
  readonly masker: Masker;
  readonly runnerEnv: Variables;
  readonly env: Map<string, string>;
  readonly path: string[];
  readonly log: string[];
  readonly posts: PostStep[];
  readonly children: Set<ChildProcess>;
  failed: boolean;
  files: Files | undefined;
};

type Launch = {
  readonly id: string;
  readonly program: string;
  readonly argv: readonly string[];
  /** Lines before the process starts; `env` lists what the header prints of the environment. */
  readonly header: (step: StepConsole, env: Variables) => void;
  readonly inputs: Variables;
  readonly state: Map<string, string>;
  readonly options: StepOptions;
};

type Exit = Pick<StepResult, 'exitCode' | 'signal' | 'stdout' | 'stderr'>;

const FILE_COMMANDS: readonly (readonly [FileKind, string, string])[] = [
  ['output', 'GITHUB_OUTPUT', 'set_output_'],
  ['env', 'GITHUB_ENV', 'set_env_'],
  ['state', 'GITHUB_STATE', 'save_state_'],
  ['path', 'GITHUB_PATH', 'add_path_'],
  ['summary', 'GITHUB_STEP_SUMMARY', 'step_summary_'],
];

const NODE_MAJOR = 24;
const MESSAGE_LENGTH = 4096;
const ANNOTATIONS_PER_LEVEL = 10;
const SUMMARY_BYTES = 1024 * 1024;
/** How long the runner waits for a stream that a grandchild keeps open, in milliseconds. */
const STREAM_GRACE_MS = 5000;
const STOP_TOKEN_MASKED_FROM = 7;

const NEVER_ECHOED: ReadonlySet<string> = new Set([
  'add-mask',
  'debug',
  'error',
  'warning',
  'notice',
]);
const LEGACY: ReadonlySet<string> = new Set(['set-output', 'save-state', 'set-env', 'add-path']);

/** Output names and state keys ignore case; the first spelling and the last value win. */
function setIgnoringCase(map: Map<string, string>, name: string, value: string): void {
  const same = [...map.keys()].find((key) => key.toLowerCase() === name.toLowerCase());
  map.set(same ?? name, value);
}

/** One step's log, and what it told the runner. */
class StepConsole {
  readonly lines: string[] = [];
  readonly annotations: Annotation[] = [];
  readonly masks: string[] = [];
  readonly legacyCommands: string[] = [];
  readonly outputs = new Map<string, string>();
  readonly env = new Map<string, string>();
  readonly state: Map<string, string>;
  readonly debugging: boolean;
  failed = false;
  readonly #job: JobState;
  #stopToken: string | undefined;
  #echo: boolean;

  constructor(job: JobState, state: Map<string, string>, debugging: boolean) {
    this.#job = job;
    this.state = state;
    this.debugging = debugging;
    this.#echo = debugging;
  }

  /** Writes to the log, masked with what is known by now. */
  write(text: string): void {
    const masked = this.#job.masker.mask(text);
    this.lines.push(masked);
    this.#job.log.push(masked);
  }

  debug(message: string): void {
    if (!this.debugging) return;
    for (const line of message.split(/\r\n|\r|\n/)) this.write(`##[debug]${line}`);
  }

  issue(level: Annotation['level'], raw: string): void {
    const message = this.#job.masker.mask(raw).slice(0, MESSAGE_LENGTH);
    this.write(`##[${level}]${message}`);
    const same = this.annotations.filter((annotation) => annotation.level === level);
    if (same.length < ANNOTATIONS_PER_LEVEL) this.annotations.push({ level, message });
  }

  fail(...messages: readonly string[]): void {
    for (const message of messages) this.issue('error', message);
    this.failed = true;
  }

  /** Takes one line of stdout or stderr: obeys it if it is a command, prints it otherwise. */
  accept(line: string): void {
    const token = this.#stopToken;
    const names =
      token === undefined ? COMMAND_NAMES : new Set([...COMMAND_NAMES, token.toLowerCase()]);
    const command = parseCommand(line, names);
    if (command === undefined) {
      this.write(line);
    } else if (token !== undefined) {
      if (command.name === token.toLowerCase()) this.#stopToken = undefined;
      this.write(line);
    } else {
      this.#obey(command, line);
    }
  }

  setOutput(name: string, value: string): void {
    if (name === '') throw new Error("Value cannot be null. (Parameter 'name')");
    setIgnoringCase(this.outputs, name, value);
    this.debug(`Set output ${name} = ${value}`);
  }

  #obey(command: WorkflowCommand, line: string): void {
    if (LEGACY.has(command.name)) this.legacyCommands.push(command.name);
    try {
      this.#dispatch(command, line);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.fail(`Unable to process command '${line}' successfully.`, reason);
      return;
    }
    if (!this.#echo) return;
    if (command.name === 'add-mask') this.write('::add-mask::***');
    else if (!NEVER_ECHOED.has(command.name)) this.write(line);
  }

  #dispatch({ name, properties, data }: WorkflowCommand, line: string): void {
    switch (name) {
      case 'add-mask':
        this.#addMask(data);
        break;
      case 'error':
      case 'warning':
      case 'notice':
        this.issue(name, data);
        break;
      case 'debug':
        this.debug(data);
        break;
      case 'group':
      case 'endgroup':
        this.write(`##[${name}]${data}`);
        break;
      case 'echo':
        this.#setEcho(data);
        break;
      case 'stop-commands':
        this.#stop(data, line);
        break;
      case 'set-output':
        this.setOutput(properties['name'] ?? '', data);
        break;
      case 'save-state':
        setIgnoringCase(this.state, properties['name'] ?? '', data);
        break;
      case 'set-env':
      case 'add-path':
        throw new Error(`The \`${name}\` command is disabled. Please use Environment Files.`);
    }
  }

  #addMask(value: string): void {
    if (value.trim() === '') {
      this.issue('warning', "Can't add secret mask for empty string in ##[add-mask] command.");
      return;
    }
    this.masks.push(value);
    this.#job.masker.addMask(value);
  }

  #setEcho(data: string): void {
    const value = data.trim().toLowerCase();
    if (value !== 'on' && value !== 'off') {
      throw new Error(`Invalid echo command value. Possible values can be: 'on', 'off'.`);
    }
    this.#echo = value === 'on';
  }

  #stop(token: string, line: string): void {
    const lower = token.toLowerCase();
    if (token === '' || lower === 'pause-logging' || COMMAND_NAMES.has(lower)) {
      throw new Error(`Invalid token '${token}' for stop-commands.`);
    }
    if (token.length >= STOP_TOKEN_MASKED_FROM) this.#job.masker.addMask(token);
    this.#stopToken = token;
    this.write(line);
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function scalar(value: unknown): string {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}

async function readManifest(directory: string): Promise<Manifest> {
  const manifest: unknown = parse(await readFile(join(directory, 'action.yml'), 'utf8'));
  const runs = isRecord(manifest) ? manifest['runs'] : undefined;
  if (!isRecord(manifest) || !isRecord(runs)) throw new Error(`no runs in ${directory}/action.yml`);
  if (scalar(runs['using']).toLowerCase() !== `node${NODE_MAJOR}`) {
    throw new Error(`action.yml must say "using: node${NODE_MAJOR}"`);
  }
  const declared = isRecord(manifest['inputs']) ? manifest['inputs'] : {};
  const inputs = Object.entries(declared).map(([name, value]) => ({
    name,
    fallback: isRecord(value) ? scalar(value['default']) : '',
    deprecation: isRecord(value) ? scalar(value['deprecationMessage']) : '',
  }));
  const postIf = scalar(runs['post-if']);
  return {
    inputs,
    main: resolve(directory, scalar(runs['main'])),
    post: runs['post'] === undefined ? '' : resolve(directory, scalar(runs['post'])),
    postIf: postIf === '' ? 'always()' : postIf,
  };
}

/** Given inputs over defaults. A given but empty input does not fall back to its default. */
function evaluateInputs(manifest: Manifest, given: Variables): Variables {
  const values = new Map(Object.entries(given));
  const names = new Set(Object.keys(given).map((name) => name.toLowerCase()));
  for (const { name, fallback } of manifest.inputs) {
    if (!names.has(name.toLowerCase())) values.set(name, fallback);
  }
  return Object.fromEntries(values);
}

function warnAboutInputs(step: StepConsole, manifest: Manifest, given: Variables): void {
  const declared = new Map(manifest.inputs.map((input) => [input.name.toLowerCase(), input]));
  const unexpected = Object.keys(given).filter((name) => !declared.has(name.toLowerCase()));
  for (const name of Object.keys(given)) {
    const message = declared.get(name.toLowerCase())?.deprecation ?? '';
    if (message !== '') {
      step.issue('warning', `Input '${name}' has been deprecated with message: ${message}`);
    }
  }
  if (unexpected.length === 0) return;
  const quoted = (names: readonly string[]): string => names.map((name) => `'${name}'`).join(', ');
  const valid = quoted(manifest.inputs.map((input) => input.name));
  step.issue('warning', `Unexpected input(s) ${quoted(unexpected)}, valid inputs are [${valid}]`);
}

function writeSection(step: StepConsole, title: string, values: Variables): void {
  const entries = Object.entries(values);
  if (entries.length === 0) return;
  step.write(`${title}:`);
  for (const [name, value] of entries) step.write(`  ${name}: ${value}`);
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
    GITHUB_ACTOR: 'octocat',
    GITHUB_ACTOR_ID: '583231',
    GITHUB_API_URL: 'https://api.github.com',
    GITHUB_BASE_REF: '',
    GITHUB_EVENT_NAME: 'push',
    GITHUB_EVENT_PATH: join(job.temp, '_github_workflow', 'event.json'),
    GITHUB_GRAPHQL_URL: 'https://api.github.com/graphql',
    GITHUB_HEAD_REF: '',
    GITHUB_JOB: 'test',
    GITHUB_REF: 'refs/heads/main',
    GITHUB_REF_NAME: 'main',
    GITHUB_REF_PROTECTED: 'false',
    GITHUB_REF_TYPE: 'branch',
    GITHUB_REPOSITORY: 'octo-org/octo-repo',
    GITHUB_REPOSITORY_ID: '1296269',
    GITHUB_REPOSITORY_OWNER: 'octo-org',
    GITHUB_REPOSITORY_OWNER_ID: '6811672',
    GITHUB_RETENTION_DAYS: '90',
    GITHUB_RUN_ATTEMPT: '1',
    GITHUB_RUN_ID: '1658821493',
    GITHUB_RUN_NUMBER: '3',
    GITHUB_SERVER_URL: 'https://github.com',
    GITHUB_SHA: 'ffac537e6cbbf934b08745a378932722df287a53',
    GITHUB_TRIGGERING_ACTOR: 'octocat',
    GITHUB_WORKFLOW: 'test',
    GITHUB_WORKFLOW_REF: 'octo-org/octo-repo/.github/workflows/test.yml@refs/heads/main',
    GITHUB_WORKFLOW_SHA: 'ffac537e6cbbf934b08745a378932722df287a53',
    GITHUB_WORKSPACE: job.workspace,
  };
}

function runnerVariables(job: JobState, debug: boolean): Variables {
  const systems: Readonly<Record<string, string>> = { darwin: 'macOS', win32: 'Windows' };
  return {
    RUNNER_ARCH: process.arch.toUpperCase(),
    RUNNER_ENVIRONMENT: 'github-hosted',
    RUNNER_NAME: 'test',
    RUNNER_OS: systems[process.platform] ?? 'Linux',
    RUNNER_TEMP: job.temp,
    RUNNER_TOOL_CACHE: join(job.root, 'tools'),
    RUNNER_WORKSPACE: dirname(job.workspace),
    ...(debug ? { RUNNER_DEBUG: '1', ACTIONS_STEP_DEBUG: 'true' } : {}),
  };
}

/** Where the tools of the system are; on macOS also those of Homebrew, as on GitHub's machines. */
const SYSTEM_PATH =
  process.platform === 'win32'
    ? (process.env['PATH'] ?? '').split(delimiter)
    : ['/opt/homebrew/bin', '/usr/local/bin', '/usr/bin', '/bin'];

/** Without these, a process cannot open a socket or draw a random number on Windows. */
function systemVariables(): Variables {
  const names = ['SystemRoot', 'SystemDrive', 'windir', 'ComSpec', 'PATHEXT', 'TEMP', 'TMP'];
  if (process.platform !== 'win32') return {};
  return Object.fromEntries(names.map((name) => [name, process.env[name] ?? '']));
}

/** The process's environment, made from nothing: later parts replace earlier ones. */
function environment(job: JobState, launch: Launch, files: Files, workflow: Variables): Variables {
  const debug = launch.options.debug ?? job.debug;
  const system = [dirname(process.execPath), ...SYSTEM_PATH];
  const path = workflow['PATH'] ?? system.join(delimiter);
  return {
    ...systemVariables(),
    HOME: job.home,
    CI: 'true',
    ...workflow,
    ...withPrefix('STATE_', launch.state),
    ...inputVariables(launch.inputs),
    PATH: [...[...job.path].reverse(), path].join(delimiter),
    ...githubVariables(job),
    GITHUB_ACTION: launch.id,
    ...Object.fromEntries(FILE_COMMANDS.map(([kind, name]) => [name, files[kind]])),
    ...runnerVariables(job, debug),
    ...job.runnerEnv,
  };
}

/** Makes the step's empty files; those of the step before are on disk until now. */
async function createFiles(job: JobState): Promise<Files> {
  const folder = join(job.temp, '_runner_file_commands');
  await removeFiles(job);
  await mkdir(folder, { recursive: true });
  const id = randomUUID();
  const at = (prefix: string): string => join(folder, `${prefix}${id}`);
  const files: Files = {
    output: at('set_output_'),
    env: at('set_env_'),
    state: at('save_state_'),
    path: at('add_path_'),
    summary: at('step_summary_'),
  };
  await Promise.all(Object.values(files).map((file) => writeFile(file, '')));
  job.files = files;
  return files;
}

async function removeFiles(job: JobState): Promise<void> {
  await Promise.all(Object.values(job.files ?? {}).map((file) => rm(file, { force: true })));
  job.files = undefined;
}

async function readFiles(files: Files): Promise<Files> {
  const read = (file: string): Promise<string> =>
    readFile(file, 'utf8').catch((error: unknown) => {
      // A step may remove its files: the runner then has nothing to process.
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
      throw error;
    });
  return {
    output: await read(files.output),
    env: await read(files.env),
    state: await read(files.state),
    path: await read(files.path),
    summary: await read(files.summary),
  };
}

/** Applies entries one by one: those before a bad one stay applied, and the step fails. */
function applyEntries(
  step: StepConsole,
  kind: FileKind,
  content: string,
  apply: (entry: Entry) => void,
): void {
  const { entries, error } = parseEntries(content);
  try {
    for (const entry of entries) apply(entry);
    if (error !== undefined) throw new Error(error);
  } catch (reason) {
    const message = reason instanceof Error ? reason.message : String(reason);
    step.fail(`Unable to process file command '${kind}' successfully.`, message);
  }
}

function applyFiles(job: JobState, step: StepConsole, contents: Files): void {
  for (const folder of parsePaths(contents.path)) {
    const known = job.path.indexOf(folder);
    if (known >= 0) job.path.splice(known, 1);
    job.path.push(folder);
  }
  applyEntries(step, 'env', contents.env, ({ name, value }) => {
    if (name.toUpperCase() === 'NODE_OPTIONS') {
      const message = `Can't store ${name} output parameter using '$GITHUB_ENV' command.`;
      step.issue('error', message);
      return;
    }
    step.env.set(name, value);
    job.env.set(name, value);
  });
  applyEntries(step, 'state', contents.state, ({ name, value }) => {
    setIgnoringCase(step.state, name, value);
  });
  applyEntries(step, 'output', contents.output, ({ name, value }) => {
    step.setOutput(name, value);
  });
}

/** What is shown of the summary: masked line by line, so that a secret of several lines is not found whole. */
function shownSummary(job: JobState, step: StepConsole, content: string): string {
  const size = Buffer.byteLength(content);
  if (size > SUMMARY_BYTES) {
    const got = Math.floor(size / 1024);
    step.issue(
      'error',
      `$GITHUB_STEP_SUMMARY upload aborted, supports content up to a size of 1024k, got ${got}k.`,
    );
    return '';
  }
  return content
    .split('\n')
    .map((line) => job.masker.mask(line))
    .join('\n');
}

/**
 * Feeds both streams to the console line by line.
 * Of what has arrived, the runner handles stderr first: a secret on stderr can overtake its mask.
 */
function readStreams(
  child: ChildProcess,
  onLine: (line: string) => void,
): { readonly text: () => { readonly stdout: string; readonly stderr: string } } {
  const raw = { stdout: '', stderr: '' };
  const queues: Record<'stderr' | 'stdout', string[]> = { stderr: [], stdout: [] };
  const readers = { stderr: createLineReader(), stdout: createLineReader() };
  let scheduled: NodeJS.Immediate | undefined;
  const drain = (): void => {
    scheduled = undefined;
    for (const line of [...queues.stderr.splice(0), ...queues.stdout.splice(0)]) onLine(line);
  };
  for (const name of ['stderr', 'stdout'] as const) {
    const reader = readers[name];
    child[name]?.setEncoding('utf8');
    child[name]?.on('data', (piece: string) => {
      raw[name] += piece;
      queues[name].push(...reader.push(piece));
      scheduled ??= setImmediate(drain);
    });
  }
  const text = (): typeof raw => {
    clearImmediate(scheduled);
    for (const name of ['stderr', 'stdout'] as const) queues[name].push(...readers[name].end());
    drain();
    return raw;
  };
  return { text };
}

/** Starts the process with closed stdin and pipes, and waits until both streams have ended. */
function execute(job: JobState, launch: Launch, env: Variables, step: StepConsole): Promise<Exit> {
  const { promise, resolve: settle, reject } = Promise.withResolvers<Exit>();
  const child = spawn(launch.program, launch.argv, {
    cwd: job.workspace,
    env: { ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const { onLine, onStart } = launch.options;
  let grace: NodeJS.Timeout | undefined;
  const streams = readStreams(child, (line) => {
    step.accept(line);
    onLine?.(line);
  });
  job.children.add(child);
  child.on('error', reject);
  child.on('exit', () => {
    grace = setTimeout(() => {
      child.stdout.destroy();
      child.stderr.destroy();
    }, STREAM_GRACE_MS);
  });
  child.on('close', (exitCode, signal) => {
    clearTimeout(grace);
    job.children.delete(child);
    try {
      settle({ exitCode, signal, ...streams.text() });
    } catch (error) {
      reject(error instanceof Error ? error : new Error(String(error)));
    }
  });
  // A process that ended at once breaks the pipe; that is no failure of the step.
  child.stdin.on('error', () => undefined);
  child.stdin.end();
  onStart?.(child);
  return promise;
}

async function runStep(job: JobState, launch: Launch): Promise<StepResult> {
  const files = await createFiles(job);
  const step = new StepConsole(job, launch.state, launch.options.debug ?? job.debug);
  const workflow = { ...Object.fromEntries(job.env), ...launch.options.env };
  const env = environment(job, launch, files, workflow);
  launch.header(step, workflow);
  const started = performance.now();
  const exit = await execute(job, launch, env, step);
  const durationMs = performance.now() - started;
  if (exit.exitCode !== 0) {
    step.failed = true;
    // The runner says so of scripts only; an action is to tell its failure itself.
    if (launch.id === '__run') {
      step.issue('error', `Process completed with exit code ${String(exit.exitCode)}.`);
    }
  }
  const contents = await readFiles(files);
  applyFiles(job, step, contents);
  const summary = shownSummary(job, step, contents.summary);
  if (step.failed && launch.options.continueOnError !== true) job.failed = true;
  return {
    ...exit,
    log: step.lines.join('\n'),
    outputs: Object.fromEntries(step.outputs),
    env: Object.fromEntries(step.env),
    state: Object.fromEntries(step.state),
    summary,
    annotations: step.annotations,
    masks: step.masks,
    durationMs,
    failed: step.failed,
    files: contents,
    legacyCommands: step.legacyCommands,
  };
}

function runAction(
  job: JobState,
  manifest: Manifest,
  given: Variables,
  options: StepOptions,
): Promise<StepResult> {
  const inputs = evaluateInputs(manifest, given);
  const shared = {
    id: options.id ?? '__self',
    program: process.execPath,
    inputs,
    state: new Map<string, string>(),
    options,
  };
  // Registered before main starts, so that post runs even if main crashes.
  if (manifest.post !== '') job.posts.push({ file: manifest.post, launch: shared });
  const header = (step: StepConsole, env: Variables): void => {
    warnAboutInputs(step, manifest, given);
    const filled = Object.entries(inputs).filter(([, value]) => value !== '');
    step.write('##[group]Run ./');
    writeSection(step, 'with', Object.fromEntries(filled));
    writeSection(step, 'env', env);
    step.write('##[endgroup]');
  };
  return runStep(job, { ...shared, argv: [manifest.main], header });
}

async function runScript(
  job: JobState,
  command: string | readonly string[],
  options: StepOptions,
): Promise<StepResult> {
  const isShell = typeof command === 'string';
  const script = join(job.temp, `${randomUUID()}.sh`);
  if (isShell) await writeFile(script, command);
  const shown = isShell ? command : ['node', ...command].join(' ');
  const header = (step: StepConsole, env: Variables): void => {
    step.write(`##[group]Run ${shown.trimStart().split('\n', 1).join('')}`);
    for (const line of shown.split('\n')) step.write(line);
    if (isShell) step.write('shell: /usr/bin/bash -e {0}');
    writeSection(step, 'env', env);
    step.write('##[endgroup]');
  };
  return runStep(job, {
    id: '__run',
    program: isShell ? 'bash' : process.execPath,
    argv: isShell ? ['-e', script] : command,
    header,
    inputs: {},
    state: new Map(),
    options,
  });
}

function postIsDue(job: JobState, condition: string): boolean {
  if (condition === 'always()') return true;
  if (condition === 'success()') return !job.failed;
  if (condition === 'failure()') return job.failed;
  throw new Error(`this runner does not evaluate "post-if: ${condition}"`);
}

async function runPosts(job: JobState, manifest: Manifest): Promise<readonly StepResult[]> {
  const results: StepResult[] = [];
  for (let post = job.posts.pop(); post !== undefined; post = job.posts.pop()) {
    if (!postIsDue(job, manifest.postIf)) continue;
    const header = (step: StepConsole): void => {
      step.write('Post job cleanup.');
    };
    results.push(await runStep(job, { ...post.launch, argv: [post.file], header }));
  }
  return results;
}

function assertNode(): void {
  const major = Number.parseInt(process.versions.node, 10);
  if (major >= NODE_MAJOR) return;
  throw new Error(
    `the action runs on Node ${NODE_MAJOR}, but the tests run on ${process.versions.node}`,
  );
}

async function createJobState(options: JobOptions): Promise<JobState> {
  // The real path, as a process sees its own working directory.
  const root = await realpath(await mkdtemp(join(tmpdir(), 'run-action-')));
  const isRunners = ([name]: readonly [string, string]): boolean =>
    /^(?:GITHUB|RUNNER|ACTIONS)_/.test(name);
  const variables = Object.entries(options.env ?? {});
  const job: JobState = {
    root,
    temp: options.temp ?? join(root, 'temp'),
    workspace: join(root, 'work', 'workspace'),
    home: join(root, 'home'),
    debug: options.debug ?? false,
    masker: createMasker(),
    runnerEnv: Object.fromEntries(variables.filter(isRunners)),
    env: new Map(variables.filter((variable) => !isRunners(variable))),
    path: [],
    log: [],
    posts: [],
    children: new Set(),
    failed: false,
    files: undefined,
  };
  const event = join(job.temp, '_github_workflow');
  const folders = [event, job.workspace, job.home, join(root, 'tools')];
  await Promise.all(folders.map((folder) => mkdir(folder, { recursive: true })));
  await writeFile(join(event, 'event.json'), '{}');
  for (const secret of options.secrets ?? []) job.masker.addSecret(secret);
  return job;
}

/**
 * Starts a job with folders of its own; call `dispose` when done.
 * Throws if Node is older than the runner's, or if action.yml cannot be read.
 */
export async function startJob(options: JobOptions = {}): Promise<Job> {
  assertNode();
  const directory = options.actionDirectory ?? resolve(import.meta.dirname, '..', '..');
  const manifest = await readManifest(directory);
  const job = await createJobState(options);
  return {
    temp: job.temp,
    workspace: job.workspace,
    get log() {
      return job.log.join('\n');
    },
    uses: (inputs, step = {}) => runAction(job, manifest, inputs, step),
    run: (command, step = {}) => runScript(job, command, step),
    finish: () => runPosts(job, manifest),
    wouldDropJobOutput: (value) => job.masker.mask(value) !== value,
    dispose: async () => {
      for (const child of job.children) child.kill('SIGKILL');
      await removeFiles(job);
      await rm(job.root, { recursive: true, force: true });
    },
  };
}
