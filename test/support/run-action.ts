/**
 * Runs the built action as GitHub's runner does: as a child process, with the runner's environment. Reads its file commands and workflow commands, masks its log, and runs post steps. It models what this action
 * can meet. A command that only other actions give is recorded, not obeyed.
 *
 * Source: actions/runner, `ActionRunner.cs`, `NodeScriptActionHandler.cs`, `ExecutionContext.cs`.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { parse } from 'yaml';

import { createLineReader } from './commands.ts';
import { createMasker } from './masker.ts';
import { type Annotation, type Files, StepConsole } from './step-console.ts';

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
   * The workflow's `env:`. Names that begin with GITHUB_, RUNNER_ or ACTIONS_ replace what the runner sets. They are not printed.
   */
  readonly env?: Variables;
};

/** What the stages of one step share. */
type Step = {
  readonly given: Variables;
  readonly state: Map<string, string>;
  readonly options: StepOptions;
};

type Launch = Step & {
  readonly argv: readonly string[];
  readonly inputs: Variables;
  /** What the header says is run; a post step has another header. */
  readonly run?: string;
};

/** What of action.yml the runner reads. */
type ActionFile = {
  readonly inputs: Readonly<Record<string, { readonly default?: string }>>;
  readonly runs: Readonly<Record<string, string>>;
};

const ROOT = resolve(import.meta.dirname, '..', '..');
const NODE_MAJOR = 24;

function readAction(): {
  readonly defaults: Variables;
  readonly main: string;
  readonly post: string;
} {
  const { inputs, runs } = parse(readFileSync(join(ROOT, 'action.yml'), 'utf8')) as ActionFile;
  const { using, main = '', post = '' } = runs;
  // Without `post-if`, the runner starts post always.
  if (using !== `node${NODE_MAJOR}` || 'post-if' in runs)
    throw new Error(`this runner knows node${NODE_MAJOR} without post-if alone`);
  const defaults = Object.entries(inputs).map(([name, of]) => [name, of.default ?? ''] as const);
  return {
    defaults: Object.fromEntries(defaults),
    main: resolve(ROOT, main),
    post: resolve(ROOT, post),
  };
}

/** In `INPUT_` names spaces become underscores, hyphens and dots stay. */
function inputVariables(inputs: Variables): Variables {
  const entries = Object.entries(inputs).map(([name, value]) => [
    `INPUT_${name.replaceAll(' ', '_').toUpperCase()}`,
    value,
  ]);
  return Object.fromEntries(entries) as Variables;
}

/** Without these, a process cannot open a socket or draw a random number on Windows. */
function systemVariables(): Variables {
  const names = ['SystemRoot', 'SystemDrive', 'windir', 'ComSpec', 'PATHEXT', 'TEMP', 'TMP'];
  if (process.platform !== 'win32') return {};
  return Object.fromEntries(names.map((name) => [name, process.env[name] ?? '']));
}

/** A file for each file command. */
function filesOf(map: (variable: string) => string): Files {
  return {
    output: map('GITHUB_OUTPUT'),
    env: map('GITHUB_ENV'),
    state: map('GITHUB_STATE'),
    summary: map('GITHUB_STEP_SUMMARY'),
  };
}

/**
 * Feeds both streams to the console line by line.
 * The runner handles stderr first, so a secret on stderr can overtake its mask.
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

class LocalJob implements Job {
  readonly temp: string;
  readonly workspace: string;
  readonly masker = createMasker();
  readonly lines: string[] = [];
  readonly env: Map<string, string>;
  readonly #action = readAction();
  // The real path, as a process sees its own working directory.
  readonly #root = realpathSync(mkdtempSync(join(tmpdir(), 'run-action-')));
  readonly #runnerEnv: Variables;
  readonly #posts: Step[] = [];
  readonly #children = new Set<ChildProcess>();

  constructor({ secrets = [], env = {} }: JobOptions) {
    this.temp = join(this.#root, 'temp');
    this.workspace = join(this.#root, 'work', 'workspace');
    for (const folder of [join(this.temp, '_runner_file_commands'), this.workspace])
      mkdirSync(folder, { recursive: true });
    const isRunners = (name: string): boolean => /^(?:GITHUB|RUNNER|ACTIONS)_/.test(name);
    const variables = Object.entries(env);
    this.env = new Map(variables.filter(([name]) => !isRunners(name)));
    this.#runnerEnv = Object.fromEntries(variables.filter(([name]) => isRunners(name)));
    for (const secret of secrets) this.masker.addSecret(secret);
  }

  get log(): string {
    return this.lines.join('\n');
  }

  uses(given: Variables, options: StepOptions = {}): Promise<StepResult> {
    const { defaults, main } = this.#action;
    const step = { given, state: new Map<string, string>(), options };
    // Registered before main starts, so that post runs even if main crashes.
    this.#posts.push(step);
    // A given but empty input does not fall back to its default.
    return this.#start({ ...step, argv: [main], inputs: { ...defaults, ...given }, run: './' });
  }

  run(argv: readonly string[], options: StepOptions = {}): Promise<StepResult> {
    const run = ['node', ...argv].join(' ');
    return this.#start({ argv, given: {}, inputs: {}, state: new Map(), options, run });
  }

  async finish({ inputs, ...options }: PostOptions = {}): Promise<readonly StepResult[]> {
    const { defaults, post } = this.#action;
    const results: StepResult[] = [];
    for (let step = this.#posts.pop(); step !== undefined; step = this.#posts.pop()) {
      const { env, debug } = step.options;
      const result = await this.#start({
        ...step,
        argv: [post],
        inputs: { ...defaults, ...step.given, ...inputs },
        options: { debug: debug ?? false, ...options, env: { ...env, ...options.env } },
      });
      results.push(result);
    }
    return results;
  }

  async dispose(): Promise<void> {
    for (const child of this.#children) child.kill('SIGKILL');
    await rm(this.#root, { recursive: true, force: true });
  }

  /** The process's environment, made from nothing: later parts replace earlier ones. */
  #environment({ state, inputs, options }: Launch, workflow: Variables): Variables {
    return {
      ...systemVariables(),
      PATH: dirname(process.execPath),
      HOME: this.#root,
      CI: 'true',
      ...workflow,
      ...Object.fromEntries([...state].map(([name, value]) => [`STATE_${name}`, value])),
      ...inputVariables(inputs),
      GITHUB_ACTIONS: 'true',
      GITHUB_JOB: 'test',
      GITHUB_REPOSITORY: 'octo-org/octo-repo',
      GITHUB_RUN_ATTEMPT: '1',
      GITHUB_RUN_ID: '1658821493',
      GITHUB_SERVER_URL: 'https://github.com',
      GITHUB_WORKSPACE: this.workspace,
      RUNNER_TEMP: this.temp,
      ...(options.debug === true ? { RUNNER_DEBUG: '1', ACTIONS_STEP_DEBUG: 'true' } : {}),
    };
  }

  async #start(launch: Launch): Promise<StepResult> {
    const step = new StepConsole(this, launch.state, launch.options.debug ?? false);
    const workflow = { ...Object.fromEntries(this.env), ...launch.options.env };
    writeHeader(step, launch, workflow);
    // They stay until the job ends, as on the runner.
    const id = randomUUID();
    const paths: Record<string, string> = {};
    filesOf((variable) => {
      paths[variable] = join(this.temp, '_runner_file_commands', `${variable}-${id}`);
      writeFileSync(paths[variable], '');
      return '';
    });
    const env = { ...this.#environment(launch, workflow), ...paths, ...this.#runnerEnv };
    const started = performance.now();
    const exit = await this.#execute(launch, env, step);
    const durationMs = performance.now() - started;
    const files = filesOf((variable) => readFileSync(paths[variable] ?? '', 'utf8'));
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

  /** Starts the process with closed stdin and pipes, and waits until both streams have ended. */
  async #execute(
    { argv, options }: Launch,
    env: Variables,
    step: StepConsole,
  ): Promise<Pick<StepResult, 'exitCode' | 'signal' | 'stdout' | 'stderr'>> {
    const child = spawn(process.execPath, argv, { cwd: this.workspace, env: { ...env } });
    const end = readStreams(child, (line) => {
      step.accept(line);
      options.onLine?.(line);
    });
    this.#children.add(child);
    // A process that ended at once breaks the pipe; that is no failure of the step.
    child.stdin.on('error', () => undefined);
    child.stdin.end();
    options.onStart?.(child);
    await once(child, 'close');
    this.#children.delete(child);
    return { exitCode: child.exitCode, signal: child.signalCode, ...end() };
  }
}

/**
 * Starts a job with folders of its own; call `dispose` when done.
 * Throws if Node is older than the runner's, or if action.yml cannot be read.
 */
export function startJob(options: JobOptions = {}): Promise<Job> {
  if (Number.parseInt(process.versions.node, 10) < NODE_MAJOR)
    throw new Error(`the action needs Node ${NODE_MAJOR}, and this is ${process.versions.node}`);
  return Promise.resolve(new LocalJob(options));
}
