/** The job summary: what was obtained, without any secret. */

/** HTML, as Markdown would read the characters of a name. */
const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

/** A heading and a table; a cell with several values shows each as code, one with none says so. */
export function summaryOf(
  title: string,
  rows: Readonly<Record<string, string | readonly string[]>>,
): string {
  const cell = (value: string | readonly string[]): string => {
    if (typeof value === 'string') return escaped(value);
    if (value.length === 0) return 'none';
    return value.map((item) => `<code>${escaped(item)}</code>`).join(', ');
  };
  const lines = Object.entries(rows).map(
    ([name, value]) => `<tr><td>${name}</td><td>${cell(value)}</td></tr>`,
  );
  return `<h3>${title}</h3>\n<table>${lines.join('')}</table>\n`;
}
