/** What is secret in this step: masks it, in each form that somebody produces, and cuts it out of foreign text. */

import * as core from '@actions/core';

/** Characters: enough for a sentence, too few to flood a log. */
const TEXT_LIMIT = 300;

/** Takes the place of a secret while others are looked for: no character of Unicode. */
const CUT = '\uffff';

// Controls, format characters (direction overrides among them), lone surrogates, line separators.
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]+/gu;

/** A value as `application/x-www-form-urlencoded` writes it: how this action sends it. */
const formEncoded = (value: string): string =>
  new URLSearchParams({ v: value }).toString().slice(2);

/**
 * The Basic credentials of RFC 7617. Adobe documents `base64(client_id:client_secret)`, without the
 * form encoding that RFC 6749, section 2.3.1 puts under it
 * (UserAuthentication/ims.md in AdobeDocs/adobe-dev-console).
 */
export function basicCredentials(clientId: string, clientSecret: string): string {
  return Buffer.from(`${clientId}:${clientSecret}`, 'utf8').toString('base64');
}

/** Basic credentials as this action sends them, and as others shorten them for URLs. */
function basicForms(clientId: string, secret: string): readonly string[] {
  const basic = basicCredentials(clientId, secret);
  const urlSafe = Buffer.from(basic, 'base64').toString('base64url');
  return [basic, basic.slice(0, urlSafe.length), urlSafe];
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
    // A gateway that shows the body as it came, or encodes it again; .NET does so in small letters.
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

/** The secrets of one step. */
export class Secrets {
  #forms: readonly string[] = [];

  /**
   * Masks the secrets of the inputs.
   * @param clientId with which each may become Basic credentials
   */
  constructor(values: readonly string[] = [], clientId = '') {
    this.#mask(values, (secret) => basicForms(clientId, secret));
  }

  /** Masks values. Nothing that could hold one of them may be written before. */
  add(values: readonly string[]): void {
    this.#mask(values, () => []);
  }

  /**
   * Makes text that a server chose fit for the log: known secrets cut out, on one line, unable to start a
   * workflow command, and no longer than `limit` characters.
   */
  readonly clean = (text: string, limit = TEXT_LIMIT): string => {
    let cut = text.toWellFormed();
    for (const form of this.#forms) cut = cut.replaceAll(form, CUT);
    const harmless = cut
      .replaceAll(CUT, '***')
      .replace(INVISIBLE, ' ')
      .replaceAll(/:(?=:)/g, ': ')
      .replaceAll(/##(?=\[)/g, '## ')
      .replaceAll(/ {2,}/g, ' ')
      .trim();
    if (harmless.length <= limit) return harmless;
    const start = harmless.slice(0, limit).toWellFormed();
    return `${start.replace(/\ufffd$/, '')}\u2026`;
  };

  #mask(values: readonly string[], derived: (secret: string) => readonly string[]): void {
    const secrets = values
      .map((value) => value.toWellFormed())
      // The runner warns about a mask of white space alone.
      .filter((value) => value.trim() !== '');
    // The runner derives other forms of a mask by itself, but none of these.
    const masks = secrets.flatMap((secret) => [secret, formEncoded(secret), ...derived(secret)]);
    for (const mask of new Set(masks)) core.setSecret(mask);
    const forms = new Set([...this.#forms, ...masks, ...secrets.flatMap(echoedForms)]);
    // A secret may be part of another.
    this.#forms = [...forms].sort((a, b) => b.length - a.length);
  }
}
