/** Starts the embedded IMS as a process of its own. */

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

export type ImsSettings = {
  readonly tls?: { readonly key: string; readonly cert: string };
  readonly admitPerSecond?: number;
};

export type Report = { readonly url: string } | { readonly tokenRequests: number };

export type RemoteIms = {
  readonly url: string;
  /** How many requests for a token have arrived so far. */
  readonly countRequests: () => Promise<number>;
  readonly stop: () => void;
};

async function nextReport(child: ChildProcess): Promise<Report> {
  const [report] = (await once(child, 'message')) as [Report];
  return report;
}

export async function startRemoteIms(settings: ImsSettings): Promise<RemoteIms> {
  const child = fork(join(import.meta.dirname, 'ims-process.ts'), [JSON.stringify(settings)]);
  const ready = await nextReport(child);
  if (!('url' in ready)) throw new Error('the embedded IMS did not start');
  return {
    url: ready.url,
    countRequests: async () => {
      const answer = nextReport(child);
      child.send('count');
      const report = await answer;
      return 'tokenRequests' in report ? report.tokenRequests : 0;
    },
    stop: () => {
      child.disconnect();
    },
  };
}
