/** The frame of every page, and the one door through which foreign text enters HTML. */
const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Everything that comes from outside passes through here; safe between tags and inside quoted attributes. */
export const text = (value: unknown) => String(value).replace(/[&<>"']/g, (character) => entities[character]!);

export interface Link {
  readonly file: string;
  readonly label: string;
  /** Short text at the right of the link. */
  readonly mark?: string;
  readonly isGood?: boolean;
  /** Shown under the link while its page or one of these is open. */
  readonly inner?: readonly Link[];
}

export interface Page {
  readonly file: string;
  readonly title: string;
  readonly body: string;
  readonly groups: readonly { readonly label: string; readonly links: readonly Link[] }[];
  /** Whether something on the page is left to mermaid to draw. */
  readonly needsMermaid?: boolean;
}

/** A longer list would weigh more on each page than the page itself; then only the page's own link is shown. */
const SHOWN_INNER = 20;

function entry(link: Link, here: string): string {
  const isOpen = link.file === here || link.inner?.some(({ file }) => file === here);
  const mark = link.mark === undefined ? '' : `<small${link.isGood === false ? ' class="bad"' : ''}>${text(link.mark)}</small>`;
  const innerLinks = isOpen ? (link.inner ?? []).filter(({ file }) => link.inner!.length <= SHOWN_INNER || file === here) : [];
  const inner = innerLinks.length ? `<div>${innerLinks.map((one) => entry(one, here)).join('')}</div>` : '';
  return `<a href="${text(link.file)}"${link.file === here ? ' aria-current="page"' : ''}><span>${text(link.label)}</span>${mark}</a>${inner}`;
}

const mermaid = `<script src="mermaid.min.js"></script><script>mermaid.initialize({ startOnLoad: true, fontFamily: 'system-ui, sans-serif', theme: matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'neutral' })</script>`;

export function page({ file, title, body, groups, needsMermaid }: Page): string {
  const navigation = groups.map(({ label, links }) => `<h2>${text(label)}</h2>${links.map((link) => entry(link, file)).join('')}`);
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>${text(title)} · Hive Queen</title><link rel="stylesheet" href="style.css"></head>
<body><nav><a class="brand" href="index.html"><svg viewBox="0 0 20 20" aria-hidden="true"><path d="M10 1l7.8 4.5v9L10 19l-7.8-4.5v-9z"/></svg>Hive Queen</a>${navigation.join('')}</nav>
<main>${body}</main><script src="timing.js"></script><script src="script.js"></script>${needsMermaid ? mermaid : ''}</body></html>
`;
}

export interface Part {
  readonly kind: string;
  readonly count: number;
}

/** A bar of parts, each as wide as its share. */
export function bar(parts: readonly Part[]): string {
  const shown = parts.filter(({ count }) => count > 0);
  const label = shown.map(({ kind, count }) => `${count} ${kind}`).join(', ');
  return `<span class="bar" role="img" aria-label="${text(label)}" title="${text(label)}">${shown.map(({ kind, count }) => `<i class="${text(kind)}" style="flex:${count}"></i>`).join('')}</span>`;
}
