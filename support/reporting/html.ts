/** Small pieces of HTML. Everything that comes from outside passes through `text`. */
const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
export const text = (value: unknown) => String(value).replace(/[&<>"]/g, (character) => entities[character]!);

/** The little Markdown that descriptions use: paragraphs, headings, *emphasis*, `code`. */
export function prose(markdown: string): string {
  const inline = (line: string) => text(line).replace(/`([^`]+)`/g, '<code>$1</code>').replace(/\*([^*]+)\*/g, '<em>$1</em>');
  return markdown
    .split(/\n\s*\n/)
    .filter((block) => block.trim())
    .map((block) => (/^#+ /.test(block) ? `<h3>${inline(block.replace(/^#+ /, ''))}</h3>` : `<p>${inline(block.replace(/\s*\n\s*/g, ' '))}</p>`))
    .join('\n');
}

export interface Page {
  readonly title: string;
  readonly body: string;
  /** The file's own name, to mark it in the navigation. */
  readonly file: string;
  readonly navigation: readonly { readonly file: string; readonly label: string; readonly mark: string }[];
}

export function page({ title, body, file, navigation }: Page): string {
  const links = navigation.map((link) => `<a href="${link.file}"${link.file === file ? ' class="here"' : ''}>${text(link.label)} <small>${link.mark}</small></a>`);
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${text(title)} · Hive Queen</title><link rel="stylesheet" href="site.css"></head>
<body><nav><a class="brand" href="index.html">⬡ Hive Queen</a>${links.join('')}</nav><main>${body}</main>
<script src="mermaid.min.js"></script><script>if (window.mermaid) mermaid.initialize({ startOnLoad: true, theme: matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'neutral' });</script>
</body></html>
`;
}

export const css = `
:root { color-scheme: light dark; --ink: light-dark(#1c1b18, #eceae4); --soft: light-dark(#6b675d, #a29d90); --paper: light-dark(#fbfaf6, #191815);
  --card: light-dark(#fff, #22211d); --line: light-dark(#e5e1d6, #37352f); --honey: #c98a00; --good: light-dark(#23763d, #5cc27c); --bad: light-dark(#b3261e, #ff8a80); --open: light-dark(#8a6d1a, #d9b54a); }
* { box-sizing: border-box } body { margin: 0; font: 16px/1.55 system-ui, sans-serif; color: var(--ink); background: var(--paper); display: grid; grid-template-columns: 15rem minmax(0, 1fr) }
nav { position: sticky; top: 0; height: 100vh; overflow: auto; padding: 1.25rem 1rem; border-right: 1px solid var(--line) }
nav a { display: block; padding: .25rem .6rem; border-radius: .4rem; color: inherit; text-decoration: none } nav a.here { background: var(--line) } nav small { color: var(--soft); float: right }
nav .brand { font-weight: 700; color: var(--honey); margin-bottom: 1rem } main { max-width: 62rem; padding: 2rem 2.5rem 6rem }
h1 { font-size: 1.9rem; line-height: 1.2 } h2 { margin-top: 2.6rem; font-size: 1.35rem } h3 { margin: 1.6rem 0 .4rem; font-size: 1.05rem }
code, pre { font: .85em/1.5 ui-monospace, monospace } pre { background: var(--card); border: 1px solid var(--line); border-radius: .4rem; padding: .6rem .8rem; overflow: auto; white-space: pre-wrap }
.numbers { display: flex; gap: 1rem; flex-wrap: wrap } .numbers div { background: var(--card); border: 1px solid var(--line); border-radius: .6rem; padding: .8rem 1.2rem; min-width: 8rem }
.numbers b { display: block; font-size: 1.7rem; font-variant-numeric: tabular-nums }
.passed, .verified { color: var(--good) } .failed, .undefined, .pending, .skipped, .unknown, .ambiguous, .failing, .unexplained { color: var(--bad) } .open { color: var(--open) }
details { border: 1px solid var(--line); border-radius: .5rem; background: var(--card); margin: .45rem 0 } summary { cursor: pointer; padding: .5rem .8rem } details > div { padding: 0 1rem .8rem }
.step { display: grid; grid-template-columns: 4rem 1fr auto; gap: .6rem; padding: .12rem 0 } .step .keyword { color: var(--soft); text-align: right } .step time { color: var(--soft); font-size: .8em }
table { border-collapse: collapse; font-size: .92em; margin: .4rem 0 } td, th { border: 1px solid var(--line); padding: .25rem .6rem; text-align: left; vertical-align: top } th { background: var(--card) }
.diagrams { display: grid; gap: 1rem } figure { margin: 0; background: var(--card); border: 1px solid var(--line); border-radius: .5rem; padding: .8rem; overflow: auto } figcaption { color: var(--soft); font-size: .85em; margin-bottom: .4rem }
.tag { font-size: .75em; color: var(--soft); border: 1px solid var(--line); border-radius: 1rem; padding: .05rem .5rem; margin-left: .3rem } input[type=search] { width: 100%; padding: .5rem .8rem; border: 1px solid var(--line); border-radius: .5rem; background: var(--card); color: inherit; font: inherit }
@media (max-width: 50rem) { body { display: block } nav { position: static; height: auto } main { padding: 1rem } }
`;
