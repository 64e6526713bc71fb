/** Opens what `gh secret set` sends: GitHub's secrets are sealed boxes of libsodium. */

import { createRequire } from 'node:module';
import { join } from 'node:path';

type Keys = { readonly publicKey: Uint8Array; readonly privateKey: Uint8Array };
type Sodium = {
  readonly ready: Promise<void>;
  crypto_box_keypair(): Keys;
  crypto_box_seal_open(box: Uint8Array, publicKey: Uint8Array, key: Uint8Array): Uint8Array;
};

export type Box = {
  /** In base64, as GitHub gives it. */
  readonly publicKey: string;
  /** @throws Error for what is not sealed with the public key */
  open(base64: string): string;
};

/** A new key pair; libsodium is one of the installed tools. */
export async function makeBox(tools: string): Promise<Box> {
  const sodium = createRequire(join(tools, 'package.json'))('libsodium-wrappers') as Sodium;
  await sodium.ready;
  const { publicKey, privateKey } = sodium.crypto_box_keypair();
  return {
    publicKey: Buffer.from(publicKey).toString('base64'),
    open: (base64) =>
      Buffer.from(
        sodium.crypto_box_seal_open(Buffer.from(base64, 'base64'), publicKey, privateKey),
      ).toString('utf8'),
  };
}
