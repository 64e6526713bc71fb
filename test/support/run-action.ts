/** Starts the built action as GitHub's runner does, and shows what a person would see. */

import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { parse } from 'yaml';

import {
  type Command,
  type Entry,
  FileCommandError,
  parseCommand,
  parseFileCommand,
} from './commands.ts';
import { Masker } from './masker.ts';

export type Annotation = {
  readonly level: 'error' | 'warning' | 'notice';
  readonly message: string;
};

const FILES = ['output', 'env', 'state', 'path', 'summary'] as const;
type FileName = (typeof FILES)[number];

export type StepResult = {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Raw, before masking. */
  readonly stdout: string;
  /** Raw, before masking. */
  readonly stderr: string;
  /** What a person sees. */
  readonly log: string;
  readonly outputs: Readonly<Record<string, string>>;
  /** Variables that the step exported. */
  readonly env: Readonly<Record<string, string>>;
  readonly state: Readonly<Record<string, string>>;
  /** Masked, as GitHub shows it. */
  readonly summary: string;
  readonly annotations: readonly Annotation[];
  readonly masks: readonly string[];
  /** Commands that an action should not use any more: set-output, save-state, set-env, add-path. */
  readonly legacyCommands: readonly Command[];
  readonly durationMs: number;
  readonly failed: boolean;
  /** Raw contents of the file commands. */
  readonly files: Readonly<Record<FileName, string>>;
};

export type StepOptions = {
  readonly id?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly debug?: boolean;
  readonly continueOnError?: boolean;
  readonly onStart?: (child: ChildProcess) => void;
};

export type JobOptions = {
  readonly actionDirectory?: string;
  /** Registered with the masker when the job starts, as workflow secrets are. */
  readonly secrets?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly debug?: boolean;
};

export type Job = {
  /** RUNNER_TEMP. */
  readonly temp: string;
  readonly workspace: string;
  /** The whole log so far. */
  readonly log: string;
  uses(inputs: Readonly<Record<string, string>>, options?: StepOptions): Promise<StepResult>;
  /** Runs a script with node, as a `run:` step would. */
  run(script: string, options?: StepOptions): Promise<StepResult>;
  /** Runs the post steps, last registered first. */
  finish(): Promise<readonly StepResult[]>;
  dispose(): Promise<void>;
};

type Manifest = {
  readonly inputs: Readonly<Record<string, { readonly default?: string } | null>>;
  readonly runs: { readonly main: string; readonly post?: string };
};

type Stage = {
  readonly title: string;
  readonly argv: readonly string[];
  readonly inputs: Readonly<Record<string, string>>;
  readonly state: Map<string, string>;
  readonly options: StepOptions;
  readonly post: boolean;
};

const REPOSITORY = join(import.meta.dirname, '..', '..');

class StepLog {
  readonly lines: string[] = [];
  readonly annotations: Annotation[] = [];
  readonly masks: string[] = [];
  readonly legacy: Command[] = [];
  failed = false;
  #stopped: string | undefined;
  readonly #masker: Masker;
  readonly #debug: boolean;

  constructor(masker: Masker, debug: boolean) {
    this.#masker = masker;
    this.#debug = debug;
  }

  print(line: string): void {
    this.lines.push(this.#masker.mask(line));
  }

  /** Takes a line that a process wrote: a command is carried out, anything else is logged. */
  take(line: string): void {
    const command = parseCommand(line);
    if (this.#stopped !== undefined) {
      if (command?.name === this.#stopped.toLowerCase()) this.#stopped = undefined;
      else this.print(line);
      return;
    }
    if (command === undefined || !this.#carryOut(command)) this.print(line);
  }

  #carryOut(command: Command): boolean {
    switch (command.name) {
      case 'add-mask':
        this.#masker.add(command.data);
        this.masks.push(command.data);
        return true;
      case 'error':
      case 'warning':
      case 'notice': {
        const message = this.#masker.mask(command.data).slice(0, 4096);
        this.annotations.push({ level: command.name, message });
        this.print(`##[${command.name}]${command.data}`);
        return true;
      }
      case 'debug':
        if (this.#debug)
          for (const line of command.data.split('\n')) this.print(`##[debug]${line}`);
        return true;
      case 'group':
      case 'endgroup':
        this.print(`##[${command.name}]${command.data}`);
        return true;
      case 'stop-commands':
        this.#stopped = command.data;
        return true;
      case 'set-env':
      case 'add-path':
        this.failed = true;
        this.legacy.push(command);
        return true;
      case 'set-output':
      case 'save-state':
        this.legacy.push(command);
        return true;
      default:
        return ['add-matcher', 'remove-matcher', 'echo'].includes(command.name);
    }
  }
}

class TestJob implements Job {
  readonly temp: string;
  readonly workspace: string;
  readonly #root = mkdtempSync(join(tmpdir(), 'adobe-ims-token-job-'));
  readonly #manifest: Manifest;
  readonly #directory: string;
  readonly #options: JobOptions;
  readonly #masker = new Masker();
  readonly #env = new Map<string, string>();
  readonly #posts: Stage[] = [];
  #log = '';

  constructor(options: JobOptions) {
    this.#options = options;
    this.#directory = options.actionDirectory ?? REPOSITORY;
    const text = readFileSync(join(this.#directory, 'action.yml'), 'utf8');
    this.#manifest = parse(text) as Manifest;
    this.temp = join(this.#root, '_temp');
    this.workspace = join(this.#root, 'workspace');
    for (const folder of [this.temp, this.workspace, join(this.#root, 'home')]) mkdirSync(folder);
    for (const secret of options.secrets ?? []) this.#masker.add(secret.trim());
    for (const [name, value] of Object.entries(options.env ?? {})) this.#env.set(name, value);
  }

  get log(): string {
    return this.#log;
  }

  async uses(
    given: Readonly<Record<string, string>>,
    options: StepOptions = {},
  ): Promise<StepResult> {
    // Every declared input is passed on, with its default or an empty value.
    const declared = Object.entries(this.#manifest.inputs).map(([name, input]) => [
      name,
      input?.default ?? '',
    ]);
    const inputs = { ...(Object.fromEntries(declared) as Record<string, string>), ...given };
    const state = new Map<string, string>();
    const stage = { title: 'Run ./', inputs, state, options };
    const { main, post } = this.#manifest.runs;
    // Registered before main starts, so that it runs even after a crash.
    if (post !== undefined)
      this.#posts.push({ ...stage, argv: [join(this.#directory, post)], post: true });
    return this.#execute({ ...stage, argv: [join(this.#directory, main)], post: false });
  }

  run(script: string, options: StepOptions = {}): Promise<StepResult> {
    const title = `Run ${script.trim().split('\n')[0] ?? ''}`;
    const stage = { title, argv: ['-e', script], inputs: {}, state: new Map<string, string>() };
    return this.#execute({ ...stage, options, post: false });
  }

  async finish(): Promise<readonly StepResult[]> {
    const results: StepResult[] = [];
    for (const stage of this.#posts.splice(0).reverse()) results.push(await this.#execute(stage));
    return results;
  }

  dispose(): Promise<void> {
    rmSync(this.#root, { recursive: true, force: true });
    return Promise.resolve();
  }

  /** Fresh, empty files for each step; those of the step before are removed. */
  #files(): Record<FileName, string> {
    const folder = join(this.temp, '_runner_file_commands');
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder);
    const id = randomUUID();
    const paths = FILES.map((name) => [name, join(folder, `${name}_${id}`)] as const);
    for (const [, path] of paths) writeFileSync(path, '');
    return Object.fromEntries(paths) as Record<FileName, string>;
  }

  #processEnv(stage: Stage, files: Record<FileName, string>, debug: boolean): NodeJS.ProcessEnv {
    return {
      // The runner keeps the machine's own PATH; nothing else of the tester's environment gets through.
      PATH: [dirname(process.execPath), '/usr/local/bin', '/usr/bin', '/bin'].join(delimiter),
      HOME: join(this.#root, 'home'),
      CI: 'true',
      ...Object.fromEntries(this.#env),
      ...stage.options.env,
      ...Object.fromEntries([...stage.state].map(([name, value]) => [`STATE_${name}`, value])),
      ...Object.fromEntries(
        Object.entries(stage.inputs).map(([name, value]) => [
          `INPUT_${name.replaceAll(' ', '_').toUpperCase()}`,
          value,
        ]),
      ),
      GITHUB_ACTIONS: 'true',
      GITHUB_WORKSPACE: this.workspace,
      GITHUB_REPOSITORY: 'octo/example',
      GITHUB_SERVER_URL: 'https://github.com',
      GITHUB_ACTION_REPOSITORY: '',
      GITHUB_ACTION_REF: '',
      GITHUB_REF: 'refs/heads/main',
      GITHUB_OUTPUT: files.output,
      GITHUB_ENV: files.env,
      GITHUB_STATE: files.state,
      GITHUB_PATH: files.path,
      GITHUB_STEP_SUMMARY: files.summary,
      RUNNER_TEMP: this.temp,
      RUNNER_TOOL_CACHE: join(this.#root, 'tools'),
      RUNNER_OS: 'Linux',
      RUNNER_ARCH: 'X64',
      RUNNER_ENVIRONMENT: 'self-hosted',
      ...(debug ? { RUNNER_DEBUG: '1', ACTIONS_STEP_DEBUG: 'true' } : {}),
    };
  }

  #header(stage: Stage, log: StepLog): void {
    if (stage.post) {
      log.print('Post job cleanup.');
      return;
    }
    log.print(`##[group]${stage.title}`);
    const print = (title: string, pairs: readonly (readonly [string, string])[]): void => {
      if (pairs.length > 0) log.print(`${title}:`);
      for (const [name, value] of pairs) log.print(`  ${name}: ${value}`);
    };
    print(
      'with',
      Object.entries(stage.inputs).filter(([, value]) => value !== ''),
    );
    print('env', [...this.#env, ...Object.entries(stage.options.env ?? {})]);
    log.print('##[endgroup]');
  }

  async #execute(stage: Stage): Promise<StepResult> {
    const major = Number(process.versions.node.split('.')[0]);
    if (major < 24)
      throw new Error('The action runs on Node 24; start this through an npm script.');
    const debug = stage.options.debug ?? this.#options.debug ?? false;
    const files = this.#files();
    const log = new StepLog(this.#masker, debug);
    this.#header(stage, log);
    const startedMs = performance.now();
    const child = spawn(process.execPath, [...stage.argv], {
      cwd: this.workspace,
      env: this.#processEnv(stage, files, debug),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    stage.options.onStart?.(child);
    const ended = await collect(child);
    const durationMs = performance.now() - startedMs;
    // In each batch the runner handles stderr first: a mask on stdout comes too late for it.
    for (const text of [ended.stderr, ended.stdout]) for (const line of lines(text)) log.take(line);
    return this.#conclude(stage, files, log, { ...ended, durationMs });
  }

  #conclude(
    stage: Stage,
    paths: Record<FileName, string>,
    log: StepLog,
    ended: Ended & { durationMs: number },
  ): StepResult {
    const files = Object.fromEntries(
      FILES.map((name) => [name, readFileSync(paths[name], 'utf8')]),
    ) as Record<FileName, string>;
    const read = (name: FileName, apply: (entry: Entry) => void): void => {
      try {
        parseFileCommand(files[name], apply);
      } catch (error) {
        if (!(error instanceof FileCommandError)) throw error;
        log.failed = true;
        log.take(`::error::Unable to process file command '${name}' successfully.`);
        log.take(`::error::${error.message}`);
      }
    };
    const outputs = new Map<string, string>();
    const env = new Map<string, string>();
    read('output', ({ name, value }) => outputs.set(name, value));
    read('env', ({ name, value }) => {
      if (name.toUpperCase() === 'NODE_OPTIONS')
        log.take("::error::Can't store NODE_OPTIONS output parameter using '$GITHUB_ENV' command.");
      else env.set(name, value);
    });
    read('state', ({ name, value }) => stage.state.set(name, value));
    for (const [name, value] of env) this.#env.set(name, value);
    if (ended.exitCode !== 0) {
      log.failed = true;
      log.print(`##[error]Process completed with exit code ${ended.exitCode ?? 1}.`);
    }
    const text = `${log.lines.join('\n')}\n`;
    this.#log += text;
    const summary = files.summary.split('\n').map((line) => this.#masker.mask(line));
    return {
      ...ended,
      log: text,
      outputs: Object.fromEntries(outputs),
      env: Object.fromEntries(env),
      state: Object.fromEntries(stage.state),
      summary: summary.join('\n'),
      annotations: log.annotations,
      masks: log.masks,
      legacyCommands: log.legacy,
      failed: log.failed,
      files,
    };
  }
}

type Ended = {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
};

/** A line ends at a line feed, a carriage return, or both. */
function lines(text: string): readonly string[] {
  const all = text.split(/\r\n|\r|\n/);
  return all.at(-1) === '' ? all.slice(0, -1) : all;
}

function collect(child: ChildProcess): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout?.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr?.on('data', (chunk: Buffer) => err.push(chunk));
    child.once('error', reject);
    child.once('close', (exitCode, signal) => {
      const stdout = Buffer.concat(out).toString('utf8');
      resolve({ exitCode, signal, stdout, stderr: Buffer.concat(err).toString('utf8') });
    });
  });
}

/** Begins a job: a machine of its own, with folders that `dispose` removes. */
export function startJob(options: JobOptions = {}): Promise<Job> {
  return Promise.resolve(new TestJob(options));
}
