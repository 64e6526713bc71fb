/**
 * Turns a step's lines and files into a masked log, annotations, outputs and variables.
 *
 * Source: actions/runner, `ActionCommandManager.cs`, `FileCommandManager.cs`, `OutputManager.cs`.
 */
import { type Entry, parseCommand, parseEntries, type WorkflowCommand } from './commands.ts';
import type { Masker } from './masker.ts';

/** A line in the run's overview; the message is masked. */
export type Annotation = {
  readonly level: 'error' | 'warning' | 'notice';
  readonly message: string;
};

/** The contents of the files that a step writes for the runner. */
export type Files = Readonly<Record<'output' | 'env' | 'state' | 'summary', string>>;

/** What all steps of a job share. */
export type JobLog = {
  readonly masker: Masker;
  /** The job's log so far, masked. */
  readonly lines: string[];
  /** What steps exported for later ones. */
  readonly env: Map<string, string>;
};

/** Output names and state keys ignore case; the first spelling and the last value win. */
function setIgnoringCase(map: Map<string, string>, { name, value }: Entry): void {
  const same = [...map.keys()].find((key) => key.toLowerCase() === name.toLowerCase());
  map.set(same ?? name, value);
}

/** One step's log, and what it reported to the runner. */
export class StepConsole {
  readonly lines: string[] = [];
  readonly annotations: Annotation[] = [];
  readonly masks: string[] = [];
  readonly unexpectedCommands: string[] = [];
  readonly outputs = new Map<string, string>();
  readonly env = new Map<string, string>();
  readonly #job: JobLog;
  readonly #state: Map<string, string>;
  readonly #debugging: boolean;
  failed = false;

  /** `state` is what the step's stages share; `debugging` is step debug logging. */
  constructor(job: JobLog, state: Map<string, string>, debugging: boolean) {
    this.#job = job;
    this.#state = state;
    this.#debugging = debugging;
  }

  /** Writes to the log, masked with what is known by now. */
  write(text: string): void {
    const masked = this.#job.masker.mask(text);
    this.lines.push(masked);
    this.#job.lines.push(masked);
  }

  writeSection(title: string, values: Readonly<Record<string, string>>): void {
    const entries = Object.entries(values);
    if (entries.length > 0) this.write(`${title}:`);
    for (const [name, value] of entries) this.write(`  ${name}: ${value}`);
  }

  issue(level: Annotation['level'], raw: string): void {
    const message = this.#job.masker.mask(raw);
    this.write(`##[${level}]${message}`);
    this.annotations.push({ level, message });
  }

  /** Takes one line of stdout or stderr. Obeys a command, and prints any other line. */
  accept(line: string): void {
    const command = parseCommand(line);
    if (command === undefined) this.write(line);
    else this.#obey(command);
  }

  /** Takes what the step has left in the files, once it has ended in any way. */
  acceptFiles(files: Files): void {
    this.#apply('env', files.env, (entry) => {
      this.#export(entry);
    });
    this.#apply('state', files.state, (entry) => {
      setIgnoringCase(this.#state, entry);
      this.#debug(`Save intra-action state ${entry.name} = ${entry.value}`);
    });
    this.#apply('output', files.output, (entry) => {
      setIgnoringCase(this.outputs, entry);
      this.#debug(`Set output ${entry.name} = ${entry.value}`);
    });
  }

  #debug(message: string): void {
    if (!this.#debugging) return;
    for (const line of message.split(/\r\n|\r|\n/)) this.write(`##[debug]${line}`);
  }

  #obey({ name, data }: WorkflowCommand): void {
    switch (name) {
      case 'add-mask':
        this.masks.push(data);
        this.#job.masker.addMask(data);
        break;
      case 'error':
      case 'warning':
      case 'notice':
        this.issue(name, data);
        break;
      case 'debug':
        this.#debug(data);
        break;
      case 'group':
      case 'endgroup':
        this.write(`##[${name}]${data}`);
        break;
      default:
        // The runner would obey: to this action, it is a command that somebody injected.
        this.unexpectedCommands.push(name);
    }
  }

  #export({ name, value }: Entry): void {
    if (name.toUpperCase() === 'NODE_OPTIONS') {
      this.issue('error', `Can't store ${name} output parameter using '$GITHUB_ENV' command.`);
      return;
    }
    this.env.set(name, value);
    this.#job.env.set(name, value);
  }

  /** Entries before a bad one stay applied, and the step fails. */
  #apply(file: keyof Files, content: string, apply: (entry: Entry) => void): void {
    const { entries, error } = parseEntries(content);
    for (const entry of entries) apply(entry);
    if (error === undefined) return;
    this.issue('error', `Unable to process file command '${file}' successfully.`);
    this.issue('error', error);
    this.failed = true;
  }
}
