/** The inputs of user grants, and the clients that use them. */

import { createHash } from 'node:crypto';

import type { Inputs } from './fixtures.ts';
import { type Client, type ImsServer, type RecordedRequest, testClient } from './ims-server.ts';

export const VERIFIER = 'p8e-test-verifier-0123456789-0123456789-0123456789';
const CHALLENGE = createHash('sha256').update(VERIFIER).digest('base64url');

export const webApp: Client = { ...testClient, authentication: 'basic' };
export const publicApp: Client = { ...testClient, secrets: [] };
export const serviceClient: Client = { ...testClient, authentication: 'post' };

/** What a Basic header of the test client holds. */
export const basicOf = (secret: string): string =>
  Buffer.from(`${testClient.id}:${secret}`).toString('base64');

/** How a request proves who the client is. */
export const authenticationOf = ({ headers, form }: RecordedRequest): string | undefined =>
  headers.authorization ?? form['client_secret'];

export const refreshing = (token: string): Inputs => ({
  'grant-type': 'refresh_token',
  'refresh-token': token,
});
export const exchanging = (code: string): Inputs => ({ 'grant-type': 'authorization_code', code });

/** The inputs for a new refresh token of the test client. */
export const ofRefreshToken = (ims: ImsServer): Inputs =>
  refreshing(ims.issueRefreshToken({ clientId: testClient.id }));

/** The inputs for a new code of the test client. */
export const ofCode = (ims: ImsServer): Inputs =>
  exchanging(ims.issueCode({ clientId: testClient.id }));

/** The inputs for a new code that goes with `VERIFIER`. */
export const ofChallengedCode = (ims: ImsServer): Inputs => ({
  ...exchanging(ims.issueCode({ clientId: testClient.id, challenge: CHALLENGE })),
  'code-verifier': VERIFIER,
});
