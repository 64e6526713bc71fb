/** IMS, a proxy that leads to it, and a cache service, at the far end of the link. */

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { writeFileSync } from 'node:fs';
import { buffer } from 'node:stream/consumers';

import { issueCertificate, makeAuthority } from '../support/certificates.ts';
import { startProxy } from '../support/connect-proxy.ts';
import { startIms } from '../support/ims-server.ts';
import { listen, startTlsFront } from '../support/listen.ts';

const ANY = '0.0.0.0';

/** The calls of the cache service and of its store (test/support/cache-service.ts), for one entry. */
function startCache(): Promise<number> {
  let uploaded: Buffer | undefined;
  let entry: Buffer | undefined;
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await buffer(request);
    const { method, url = '', headers } = request;
    if (method === 'PUT') uploaded = body;
    if (url.endsWith('/FinalizeCacheEntryUpload')) entry = uploaded;
    if (method !== 'POST') {
      response.writeHead(method === 'PUT' ? 201 : 200).end(method === 'PUT' ? '' : entry);
      return;
    }
    const ok = entry !== undefined || !url.endsWith('/GetCacheEntryDownloadURL');
    const signed = `https://${headers.host ?? ''}/entry`;
    response.end(JSON.stringify({ ok, signed_download_url: signed, signed_upload_url: signed }));
  };
  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  return listen(server);
}

const [authorityFile = '', ...names] = process.argv.slice(2);
const authority = await makeAuthority();
writeFileSync(authorityFile, authority.cert);
const tls = await issueCertificate(authority, { names });
const ims = await startIms({ tls, address: ANY });
const proxy = await startProxy({ port: ims.port, address: ANY });
const cache = await startTlsFront(tls, await startCache(), ANY);
console.log(JSON.stringify({ ims: ims.port, proxy: proxy.port, cache: cache.port }));
