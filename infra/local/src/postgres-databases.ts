import pg from 'pg';

export interface DatabaseLogin {
  /** Of the database and of its login. */
  readonly name: string;
  readonly password: string;
}

/**
 * One database per login, which owns it. What Postgres allows everybody, to connect to any database, is taken back: a
 * service that reached for another one's tables would not get past the door. Done at every start; changes nothing then.
 */
export async function ensureDatabases(adminUrl: string, logins: readonly DatabaseLogin[]): Promise<void> {
  const admin = new pg.Client({ connectionString: adminUrl });
  await admin.connect();
  try {
    // Test files ask for databases at the same time; Postgres refuses to change one right from two sessions at once.
    await admin.query('select pg_advisory_lock(7432001)');
    for (const database of ['postgres', 'template1']) {
      await admin.query(`revoke connect on database ${database} from public`);
    }
    for (const { name, password } of logins) {
      const [login, secret] = [pg.escapeIdentifier(name), pg.escapeLiteral(password)];
      const known = await admin.query('select 1 from pg_roles where rolname = $1', [name]);
      await admin.query(`${known.rowCount === 0 ? 'create' : 'alter'} role ${login} login password ${secret}`);
      const exists = await admin.query('select 1 from pg_database where datname = $1', [name]);
      if (exists.rowCount === 0) await admin.query(`create database ${login} owner ${login}`);
      await admin.query(`revoke all on database ${login} from public`);
    }
  } finally {
    await admin.end();
  }
}

/** The same server and another login. */
export function databaseUrl(adminUrl: string, { name, password }: DatabaseLogin): string {
  const url = new URL(adminUrl);
  url.username = name;
  url.password = password;
  url.pathname = `/${name}`;
  return url.href;
}
