/** What the runner's variables say of this job. */

const variable = (name: string): string => process.env[name] ?? '';

/**
 * This job of this attempt of this run: what is sealed for it opens in no other. But the jobs of one
 * matrix have the same GITHUB_JOB, so they count as one.
 */
export function jobBinding(): readonly string[] {
  return ['job', ...['GITHUB_RUN_ID', 'GITHUB_RUN_ATTEMPT', 'GITHUB_JOB'].map(variable)];
}

/** What is sealed for this repository opens in no other. */
export function repositoryBinding(): readonly string[] {
  return ['repository', variable('GITHUB_REPOSITORY')];
}

/** RUNNER_TEMP; empty where there is none. */
export function temporaryFolder(): string {
  return variable('RUNNER_TEMP');
}

/** The base URL of GitHub, such as `https://github.com`; empty where the runner names none. */
export function serverUrl(): string {
  return variable('GITHUB_SERVER_URL');
}
