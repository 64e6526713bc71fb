/** The embedded IMS in a process of its own, so that serving does not disturb what is measured. */

import { startIms } from '../test/support/ims-server.ts';

import type { ImsSettings, Report } from './ims.ts';

const settings = JSON.parse(process.argv[2] ?? '{}') as ImsSettings;
const ims = await startIms(settings);

function report(message: Report): void {
  process.send?.(message);
}

process.on('message', () => {
  const tokenRequests = ims.requests.filter((request) => request.path === '/ims/token/v3').length;
  report({ tokenRequests });
});
// Ends with the benchmark, however that ends.
process.on('disconnect', () => process.exit());
report({ url: ims.url });
