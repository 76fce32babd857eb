import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

/** A named query: one file `queries/<name>.sql` in the room that owns it. */
export interface Query {
  readonly name: string;
  readonly text: string;
  readonly room: string;
}

/**
 * All queries of a room: `loadQueries<'insert_user' | 'find_user'>(import.meta.dirname)`. The file name is the
 * name in spans, in pg_stat_activity's prepared statements and in the code. A name without a file, or a file
 * without a name in `names`, stops the process at start.
 */
export function loadQueries<Name extends string>(roomFolder: string, names: readonly Name[]): Readonly<Record<Name, Query>> {
  const folder = join(roomFolder, 'queries');
  const room = basename(roomFolder);
  const found = new Set(readdirSync(folder).filter((file) => file.endsWith('.sql')).map((file) => file.slice(0, -4)));
  const missing = names.filter((name) => !found.has(name));
  const unused = [...found].filter((name) => !(names as readonly string[]).includes(name));
  if (missing.length || unused.length)
    throw new Error(`queries of ${room}: no file for [${missing}], no use for [${unused}]; each name needs its .sql file and the other way round`);
  const load = (name: Name): Query => ({ name, room, text: readFileSync(join(folder, `${name}.sql`), 'utf8').trim() });
  return Object.fromEntries(names.map((name) => [name, load(name)])) as Record<Name, Query>;
}
