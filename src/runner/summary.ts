/** The job summary: what was obtained, without any secret. */

/** Escapes text for HTML. The table is HTML, as Markdown would interpret characters in a name. */
const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

/** A heading and a table of two columns; a list is shown as code, an empty one as `none`. */
export function summaryTable(rows: Readonly<Record<string, string | readonly string[]>>): string {
  const cell = (value: string | readonly string[]): string => {
    if (typeof value === 'string') return escaped(value);
    return value.map((item) => `<code>${escaped(item)}</code>`).join(', ') || 'none';
  };
  const lines = Object.entries(rows).map(
    ([name, value]) => `<tr><td>${name}</td><td>${cell(value)}</td></tr>`,
  );
  return `<h3>Adobe IMS access token</h3>\n<table>${lines.join('')}</table>\n`;
}
