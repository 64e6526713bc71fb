/** The variables of `aio-context`, read by Adobe's own library. */

import { expect, it } from 'vitest';

import { startIms, testClient } from './support/ims-server.ts';
import { startJob } from './support/run-action.ts';

it.each(['cli', 'my_context'])(
  'log @adobe/aio-lib-ims in as %s, without a request',
  async (name) => {
    const [secret = ''] = testClient.secrets;
    const ims = await startIms();
    const job = await startJob({ secrets: [secret] });
    try {
      const step = await job.uses({
        'client-id': testClient.id,
        'client-secret': secret,
        'ims-url': ims.url,
        'aio-context': name,
      });
      const variable = `AIO_IMS_CONTEXTS_${name.replaceAll('_', '__').toUpperCase()}_ACCESS__TOKEN`;
      const token = step.outputs['access-token'];
      expect(step.env[`${variable}_TOKEN`]).toBe(token);
      const expiry = Number(step.env[`${variable}_EXPIRY`]);
      expect(Math.abs(expiry - Date.now() - 86_399_000)).toBeLessThan(60_000);
      const library = import.meta.resolve('@adobe/aio-lib-ims');
      const later = await job.run(
        [
          '-e',
          `import('${library}').then(async (ims) => {
         const token = await (ims.default ?? ims).getToken(${JSON.stringify(name)});
         console.log('same token:', token === process.env.FIREFLY_SERVICES_ACCESS_TOKEN);
       });`,
        ],
        // Any request would go to this port, where nobody listens.
        { env: { https_proxy: 'http://127.0.0.1:9', HTTPS_PROXY: 'http://127.0.0.1:9' } },
      );
      expect(later.log).toContain('same token: true');
      expect(ims.requests).toHaveLength(1);
    } finally {
      await job.dispose();
      await ims.close();
    }
  },
);
