/* Runs in the pages: times of this run, filters of the traceability table, and scenarios that a link points at. */
(() => {
  const short = (milliseconds) => (milliseconds < 1000 ? `${milliseconds} ms` : `${(milliseconds / 1000).toFixed(1)} s`);
  const element = (name, properties, ...children) => {
    const made = Object.assign(document.createElement(name), properties);
    made.append(...children);
    return made;
  };
  const timing = window.timing;

  for (const scenario of document.querySelectorAll('details.scenario')) {
    const milliseconds = timing?.scenarios[scenario.id];
    if (milliseconds !== undefined) scenario.querySelector('summary').append(element('time', { textContent: short(milliseconds) }));
  }

  const place = document.getElementById('timing');
  if (place && timing) {
    const busy = `${timing.workers} worker${timing.workers === 1 ? '' : 's'}, busy ${Math.round(timing.efficiency * 100)} % of ${timing.testingSeconds.toFixed(1)} s`;
    const slowest = timing.slowest.map(({ name, link, milliseconds }) => element('li', {}, element('a', { href: link, textContent: name }), element('time', { textContent: short(milliseconds) })));
    const when = timing.startedAt ? `Started ${timing.startedAt.slice(0, 16).replace('T', ' ')} UTC, took ${timing.seconds.toFixed(0)} s. ` : '';
    place.append(element('h2', { textContent: 'This run' }), element('p', { textContent: `${when}${busy}.` }), element('h3', { textContent: 'Slowest scenarios' }), element('ol', { className: 'slowest' }, ...slowest));
  }

  const reveal = () => {
    const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    if (target.tagName === 'DETAILS') target.open = true;
    target.scrollIntoView({ block: 'start' });
  };
  addEventListener('hashchange', reveal);
  reveal();

  const filter = document.getElementById('filter');
  if (!filter) return;
  const groups = [...document.querySelectorAll('#traces tbody')].map((body) => ({
    body,
    room: body.dataset.room,
    inRelease: 'release' in body.dataset,
    title: body.rows[0].textContent.toLowerCase(),
    rows: [...body.rows].slice(1).map((row) => ({ row, verdict: row.dataset.verdict, words: row.textContent.toLowerCase() })),
  }));
  const apply = () => {
    const given = new FormData(filter);
    const words = given.get('words').toLowerCase().split(/\s+/).filter(Boolean);
    const [room, verdicts] = [given.get('room'), new Set(given.getAll('verdict'))];
    let [flows, outcomes] = [0, 0];
    for (const group of groups) {
      let shown = 0;
      for (const { row, verdict, words: own } of group.rows) {
        const matches = (!room || room === group.room) && (!given.has('release') || group.inRelease) && verdicts.has(verdict) && words.every((word) => own.includes(word) || group.title.includes(word));
        row.hidden = !matches;
        shown += matches;
      }
      group.body.hidden = shown === 0;
      flows += shown > 0;
      outcomes += shown;
    }
    filter.querySelector('output').textContent = `${outcomes} outcomes of ${flows} flows`;
  };
  filter.addEventListener('input', apply);
  filter.addEventListener('submit', (event) => event.preventDefault());
  apply();
})();
