/** Who there is: founding a tenant with its first administrator, colleagues, and what each may do. */
import { newId, type Clock, type Principal, type Tenant } from '../kernel/index.ts';
import type { AuditEvent, Compliance } from '../compliance/index.ts';
import type { Database, Sql } from '../storage/index.ts';
import type { Tenancy } from '../tenancy/index.ts';
import type { Authorise } from './authorising.ts';
import type { NewPerson, Registration, RightsChange } from './contract.ts';
import { grantTooWide, personExists, personUnknown, roleUnknown } from './errors.ts';
import type { Passwords } from './passwords.ts';
import { holdsAny } from './permissions.ts';
import { queries } from './queries.ts';
import type { Request } from './signing-in.ts';

export interface PeopleOptions {
  readonly database: Database;
  readonly tenancy: Pick<Tenancy, 'claim'>;
  readonly compliance: Pick<Compliance, 'attempt' | 'securityEvent'>;
  readonly passwords: Passwords;
  readonly authorise: Authorise;
  readonly clock: Clock;
}

export interface Person {
  readonly id: string;
  readonly tenant_id: string;
  readonly email: string;
  readonly username: string;
  readonly name: string;
  readonly status: 'active' | 'disabled';
  readonly created_at: Date;
  readonly roles: readonly string[];
  readonly permissions: readonly string[];
}

/** A person of the tenant who does something to another one. */
export interface Caller {
  readonly principal: Principal;
  readonly tenant: Tenant;
  readonly request: Request;
}

export interface People {
  /** Throws TENANT_EXISTS (409). All or nothing. */
  found(registration: Registration, request: Request): Promise<{ user: Person; tenant: Tenant }>;
  /** Throws PERSON_EXISTS (409), ROLE_UNKNOWN (422), GRANT_TOO_WIDE (403), ACCESS_DENIED (403). */
  add(person: NewPerson, caller: Caller): Promise<Person>;
  /** Throws PERSON_UNKNOWN (404) and those of `add`. */
  changeRights(id: string, change: RightsChange, caller: Caller): Promise<Person>;
  find(tenantId: string, id: string): Promise<Person>;
}

const UNIQUE_VIOLATION = '23505';

export function createPeople(options: PeopleOptions): People {
  const { database, tenancy, passwords, clock } = options;
  const now = () => new Date(clock.now());

  async function insert(sql: Sql, tenantId: string, person: Omit<NewPerson, 'password'> & { id: string; passwordHash: string }) {
    const { id, email, username = email, name, passwordHash } = person;
    try {
      await sql.affected(queries.insert_person, [id, tenantId, username, email, name, passwordHash, now()]);
    } catch (cause) {
      if ((cause as { code?: string }).code === UNIQUE_VIOLATION) throw personExists({ email, username }, { cause });
      throw cause;
    }
    await setRights(sql, { tenantId, id }, person);
    return present(await sql.one<Person>(queries.find_person, [tenantId, id]), id);
  }

  async function setRights(sql: Sql, { tenantId, id }: { tenantId: string; id: string }, { roles, permissions }: RightsChange) {
    const changed = await sql.affected(queries.set_roles, [tenantId, id, [...new Set(roles)], now()]);
    if (changed === 0) throw personUnknown({ id });
    if (permissions) await sql.affected(queries.set_permissions, [tenantId, id, [...new Set(permissions)]]);
  }

  async function found({ tenant: wanted, password, ...person }: Registration, request: Request) {
    const id = newId();
    const attempted = { ...request, tenantId: undefined, actorId: id, action: 'auth.register', resourceKind: 'tenants', facts: { slug: wanted.slug } };
    return audited(options, attempted, async () => {
      const passwordHash = await passwords.hash(password);
      let user: Person | undefined;
      const tenant = await tenancy.claim(wanted, async (sql, claimed) => {
        user = await insert(sql, claimed.id, { ...person, id, passwordHash, roles: ['admin'], permissions: [] });
      });
      return { user: present(user, id), tenant };
    });
  }

  async function add({ password, ...person }: NewPerson, caller: Caller) {
    const id = newId();
    const { tenant } = caller;
    return audited(options, eventOf('user.create', id, caller), async () => {
      await mayGrant(options, { id, ...person }, caller);
      const passwordHash = await passwords.hash(password);
      return database.asService(tenant.id, (sql) => insert(sql, tenant.id, { ...person, id, passwordHash }));
    });
  }

  async function changeRights(id: string, change: RightsChange, caller: Caller) {
    const { tenant } = caller;
    return audited(options, { ...eventOf('user.rights.change', id, caller), facts: { ...change } }, async () => {
      await mayGrant(options, { id, ...change }, caller);
      return database.asService(tenant.id, async (sql) => {
        await setRights(sql, { tenantId: tenant.id, id }, change);
        return present(await sql.one<Person>(queries.find_person, [tenant.id, id]), id);
      });
    });
  }

  const find = async (tenantId: string, id: string) =>
    present(await database.asService(tenantId, (sql) => sql.one<Person>(queries.find_person, [tenantId, id])), id);

  return { found, add, changeRights, find };
}

function present(person: Person | undefined, id: string): Person {
  if (!person) throw personUnknown({ id });
  return person;
}

const eventOf = (action: string, id: string, { principal, tenant, request }: Caller): AuditEvent => ({
  ...request, tenantId: tenant.id, actorId: principal.userId, action, resourceKind: 'users', resourceId: id,
});

/** Attempt before, outcome after (documents' conflict X41). */
async function audited<T>({ compliance }: PeopleOptions, event: AuditEvent, work: () => Promise<T>): Promise<T> {
  const attempt = await compliance.attempt(event);
  const result = await work().catch(async (error: unknown) => {
    await attempt.settle('failure', { code: (error as { code?: unknown }).code });
    throw error;
  });
  await attempt.settle('success');
  return result;
}

/** Nobody gives what they do not hold now, so `users.manage` alone is no way to everything. */
async function mayGrant({ database, compliance, authorise }: PeopleOptions, asked: RightsChange & { id: string }, caller: Caller) {
  const { id, roles: names, permissions = [] } = asked;
  const { principal, tenant, request } = caller;
  const held = await authorise(principal, 'users.manage', { kind: 'users', id, tenantId: tenant.id, ownerId: undefined }, request);
  const roles = await database.asService(tenant.id, (sql) => sql.rows<{ name: string; permissions: string[] }>(queries.find_roles, [names]));
  const unknown = names.filter((name) => !roles.some((role) => role.name === name));
  if (unknown.length > 0) throw roleUnknown({ roles: unknown });
  const tooWide = [...permissions, ...roles.flatMap((role) => role.permissions)].filter((permission) => !holdsAny(held, permission));
  if (tooWide.length === 0) return;
  await compliance.securityEvent({ ...eventOf('user.grant.too-wide', id, caller), facts: { permissions: tooWide } });
  throw grantTooWide({ permissions: tooWide });
}
