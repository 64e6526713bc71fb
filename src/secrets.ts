/** Masks the step's secrets in every printed form, and removes them from server text. */

import { setSecret } from './runner/commands.ts';

/** Characters: enough for a sentence, too few to flood a log. */
const TEXT_LIMIT = 300;

/** Characters. Longer text is not a message, and searching it for secrets can take seconds. */
const LONGEST_SERVER_TEXT = 4000;

/** Stands for a removed secret until all are removed. U+FFFF is no character, so no secret holds it. */
const PLACEHOLDER = '\uffff';

/** Controls, format characters (direction overrides among them), lone surrogates, line separators. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]+/gu;

/** A value as `application/x-www-form-urlencoded` writes it: how this action sends it. */
const formEncoded = (value: string): string =>
  new URLSearchParams({ v: value }).toString().slice(2);

/**
 * The Basic credentials of RFC 7617. Adobe documents `base64(client_id:client_secret)`
 * (UserAuthentication/ims.md). RFC 6749, 2.3.1 would form-encode both parts first.
 */
export function basicCredentials(clientId: string, clientSecret: string): string {
  return Buffer.from(`${clientId}:${clientSecret}`, 'utf8').toString('base64');
}

/** Three forms of Basic credentials: as sent, without padding, URL-safe. The runner derives none from a mask. */
export function basicForms(clientId: string, secret: string): readonly string[] {
  const basic = basicCredentials(clientId, secret);
  const urlSafe = Buffer.from(basic, 'base64').toString('base64url');
  return [basic, basic.replaceAll('=', ''), urlSafe];
}

const HTML: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** The forms in which a server may repeat a value of the request. */
function echoedForms(secret: string): readonly string[] {
  const form = formEncoded(secret);
  const percent = form.replaceAll('+', '%20');
  return [
    secret,
    // The body as sent, or with `%20` for a space. .NET writes `%2f` in lower case.
    ...[form, percent].flatMap((text) => [
      text,
      text.replaceAll(/%../g, (code) => code.toLowerCase()),
    ]),
    // A server that shows the request as JSON.
    JSON.stringify(secret).slice(1, -1),
    // A server that escapes its messages for a web page.
    secret.replaceAll(/[&<>"']/g, (character) => HTML[character] ?? ''),
  ];
}

/** How many tokens of unused answers a step masks: values, and bytes of UTF-8. */
const UNUSED_LIMIT = { values: 30, bytes: 64 * 1024 };

export class Secrets {
  readonly #values = new Set<string>();
  #forms: readonly string[] = [];
  readonly #unused = { values: 0, bytes: 0 };
  #hidesServerText = false;

  constructor(values: readonly string[] = []) {
    this.add(values);
  }

  /** Masks values. Call it before anything is written that could hold one of them. */
  add(values: readonly string[]): void {
    const secrets = this.#unknown(values);
    for (const secret of secrets) this.#values.add(secret);
    // The runner derives other forms of a mask by itself, but not the form encoding.
    const masks = new Set(secrets.flatMap((secret) => [secret, formEncoded(secret)]));
    for (const mask of masks) setSecret(mask);
    const forms = new Set([...this.#forms, ...masks, ...secrets.flatMap(echoedForms)]);
    // A secret may be part of another: remove the longest first.
    this.#forms = [...forms].sort((a, b) => b.length - a.length);
  }

  /**
   * Masks the tokens of an answer that is not used, up to a limit per step. Once an answer exceeds it, its tokens
   * and those of later answers are not masked; instead, `serverText` shows nothing.
   */
  addUnused(values: readonly string[]): void {
    const tokens = this.#unknown(values);
    this.#unused.values += tokens.length;
    for (const token of tokens) this.#unused.bytes += Buffer.byteLength(token, 'utf8');
    const { values: count, bytes } = this.#unused;
    this.#hidesServerText ||= count > UNUSED_LIMIT.values || bytes > UNUSED_LIMIT.bytes;
    if (!this.#hidesServerText) this.add(tokens);
  }

  /**
   * Cleans the text of a server. Empty for more than 4000 characters, which is no message. Empty too once the
   * tokens of unused answers were too many to mask.
   */
  readonly serverText = (text: string, limit = TEXT_LIMIT): string =>
    this.#hidesServerText || text.length > LONGEST_SERVER_TEXT ? '' : this.clean(text, limit);

  /**
   * Cleans untrusted text before it is logged. Known secrets are removed, and it stays on one line. It cannot
   * start a workflow command, and is cut after `limit` characters.
   */
  readonly clean = (text: string, limit = TEXT_LIMIT): string => {
    let redacted = text.toWellFormed();
    for (const form of this.#forms) redacted = redacted.replaceAll(form, PLACEHOLDER);
    const harmless = redacted
      .replaceAll(PLACEHOLDER, '***')
      .replace(UNPRINTABLE, ' ')
      .replaceAll(/:(?=:)/g, ': ')
      .replaceAll(/##(?=\[)/g, '## ')
      .replaceAll(/ {2,}/g, ' ')
      .trim();
    if (harmless.length <= limit) return harmless;
    // This can leave half of a character.
    const start = harmless.slice(0, limit).toWellFormed();
    return `${start.replace(/\ufffd$/, '')}\u2026`;
  };

  /** The values that are not masked yet. Blank ones are left out, as the runner warns about such a mask. */
  #unknown(values: readonly string[]): readonly string[] {
    const wellFormed = new Set(values.map((value) => value.toWellFormed()));
    return [...wellFormed].filter((value) => value.trim() !== '' && !this.#values.has(value));
  }
}
