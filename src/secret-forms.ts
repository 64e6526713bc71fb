/** The forms in which a secret may appear in text. */

/** A value as `application/x-www-form-urlencoded` writes it. */
export function formEncoded(value: string): string {
  return new URLSearchParams({ v: value }).toString().slice(2);
}

/**
 * The Basic credentials of RFC 7617. Adobe documents `base64(client_id:client_secret)`, without the
 * form encoding that RFC 6749, section 2.3.1 puts under it
 * (UserAuthentication/ims.md in AdobeDocs/adobe-dev-console).
 */
export function basicCredentials(clientId: string, clientSecret: string): string {
  return Buffer.from(`${clientId}:${clientSecret}`, 'utf8').toString('base64');
}

function basicForms(secret: string, clientId: string): readonly string[] {
  const basic = basicCredentials(clientId, secret);
  const unpadded = basic.replace(/=+$/, '');
  const urlSafe = unpadded.replaceAll('+', '-').replaceAll('/', '_');
  return [basic, unpadded, urlSafe];
}

/**
 * Forms that the action itself puts on the wire and that the runner's masker does not derive from
 * the plain value: form encoding, and base64 of `id:secret` with and without padding and URL-safe.
 * @param clientId given for client secrets, the only ones that become part of Basic credentials
 */
export function producedForms(secret: string, clientId?: string): readonly string[] {
  const basic = clientId === undefined ? [] : basicForms(secret, clientId);
  return [...new Set([formEncoded(secret), ...basic])].filter((form) => form !== secret);
}

/**
 * What to cut out of foreign text: the secrets, and before them the Basic credentials that a request
 * carried, as a gateway may repeat its headers.
 */
export function withBasicCredentials(
  secrets: readonly string[],
  clientId: string,
): readonly string[] {
  return [...secrets.flatMap((secret) => basicForms(secret, clientId)), ...secrets];
}

const MARKUP: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Forms in which a server could echo a secret; longest first, so that no part of one is left. */
export function echoedForms(secret: string): readonly string[] {
  const bytes = Buffer.from(secret, 'utf8');
  const json = JSON.stringify(secret).slice(1, -1);
  const percent = [
    formEncoded(secret),
    formEncoded(secret).replaceAll('+', '%20'),
    encodeURIComponent(secret),
  ];
  const forms = [
    secret,
    json,
    ...percent,
    ...percent.map((form) => form.replaceAll(/%[0-9A-F]{2}/g, (code) => code.toLowerCase())),
    secret.replaceAll(/[&<>"']/g, (character) => MARKUP[character] ?? ''),
    bytes.toString('base64'),
    bytes.toString('base64').replace(/=+$/, ''),
    bytes.toString('base64url'),
    bytes.toString('hex'),
    bytes.toString('hex').toUpperCase(),
  ];
  return [...new Set(forms)].filter((form) => form !== '').sort((a, b) => b.length - a.length);
}

/** Anything shorter is found in other text by chance. */
const LEAST_FORM_LENGTH = 8;

/** Tells whether a text holds one of the secrets, in any form that `echoedForms` lists. */
export function secretFinder(secrets: readonly string[]): (text: string) => boolean {
  const forms = secrets.flatMap(echoedForms).filter((form) => form.length >= LEAST_FORM_LENGTH);
  return (text) => forms.some((form) => text.includes(form));
}
